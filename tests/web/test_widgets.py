"""Controls and fields drawn as strings: web.widgets and templatetags.fields."""

import re
from datetime import date, time

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from pytest_django.asserts import assertHTMLEqual

from cinema.templatetags.fields import as_field
from cinema.web.widgets import DRAWN, WidgetRenderer

NASTY = """<b>"it's" & 'that'</b>"""
CHOICES = [("", NASTY), (1, 1234), ("Group <1>", [("a", "A"), ("b&c", mark_safe("&amp;"))]), (None, "none")]
ATTRS = {
    "id": "id_x",
    "data-a": NASTY,
    "required": True,
    "disabled": False,
    "maxlength": 3,
    "data-t": mark_safe("&#9;"),
}

CONTROLS = [
    (forms.TextInput(), NASTY),
    (forms.TextInput(attrs={"class": "narrow"}), None),
    (forms.NumberInput(), 12345),
    (forms.EmailInput(), "asha@example.org"),
    (forms.URLInput(), "https://example.org/?a=1&b=2"),
    (forms.PasswordInput(), "secret"),
    (forms.HiddenInput(), 0),
    (forms.MultipleHiddenInput(), [7, NASTY]),
    (forms.MultipleHiddenInput(), []),
    (forms.DateInput(format="%Y-%m-%d"), date(2026, 11, 29)),
    (forms.TimeInput(format="%H:%M"), time(5, 0)),
    (forms.DateTimeInput(), None),
    (forms.Textarea(), f"\nsecond line {NASTY}"),
    (forms.Textarea(), None),
    (forms.CheckboxInput(), True),
    (forms.CheckboxInput(), False),
    (forms.CheckboxInput(), "on"),
    (forms.Select(choices=CHOICES), 1),
    (forms.Select(choices=CHOICES), "b&c"),
    (forms.SelectMultiple(choices=CHOICES), ["a", "b&c"]),
    (forms.NullBooleanSelect(), True),
    (forms.FileInput(), None),
    (forms.RadioSelect(choices=CHOICES), "a"),
]


@pytest.mark.parametrize(("widget", "value"), CONTROLS)
def test_a_control_is_drawn_to_the_letter_as_by_djangos_templates(widget, value):
    ours, theirs = (widget.render("a<b", value, ATTRS, renderer()) for renderer in (WidgetRenderer, DjangoTemplates))
    assert ours == theirs


def test_every_control_that_is_drawn_as_a_string_was_compared():
    compared = {widget.template_name.rpartition("/")[2] for widget, _ in CONTROLS}
    rarer = {"color.html", "search.html", "tel.html"}  # drawn by the same function
    assert {name.rpartition("/")[2] for name in DRAWN} - rarer <= compared


WIDGET_CLASS = re.compile(r"\b(textinput|select|checkboxinput) (?=form-)")  # crispy's, which no style sheet uses


class Form(forms.Form):
    wide = ("film",)

    film = forms.CharField(label=NASTY, help_text=NASTY, widget=forms.TextInput(attrs={"class": "narrow"}))
    format = forms.ChoiceField(label="Format", choices=[("2D", NASTY)], required=False)
    accept = forms.BooleanField(label="I accept")
    days = forms.MultipleChoiceField(
        label="Days", choices=[("0", "Mon"), ("1", NASTY)], widget=forms.CheckboxSelectMultiple, help_text="Any."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


@pytest.mark.parametrize("data", [None, {"film": "", "days": ["7"]}, {"film": NASTY, "format": "2D", "days": ["1"]}])
@pytest.mark.parametrize("name", Form.base_fields)
def test_a_field_is_drawn_as_crispy_draws_it(name, data):
    crispy = WIDGET_CLASS.sub("", as_crispy_field(Form(data)[name]))
    assertHTMLEqual(as_field(Form(data)[name]), crispy)
