"""Controls drawn as strings, and fields: web.widgets and templatetags.fields."""

from datetime import date, time

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.html import escape
from django.utils.safestring import mark_safe

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


class Form(forms.Form):
    wide = ("film",)

    film = forms.CharField(label=NASTY, help_text=NASTY, widget=forms.TextInput(attrs={"class": "narrow"}))
    format = forms.ChoiceField(label="Format", choices=[("2D", NASTY)], required=False)
    accept = forms.BooleanField(label="I accept")
    days = forms.MultipleChoiceField(
        label="Days", choices=[("0", "Mon"), ("1", NASTY)], widget=forms.CheckboxSelectMultiple, help_text="Any."
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class Linked(forms.Form):
    film = forms.CharField(help_text=mark_safe('<a href="/">All</a>'))
    days = forms.MultipleChoiceField(choices=[], widget=forms.CheckboxSelectMultiple)


@pytest.mark.parametrize("data", [None, {"film": "", "days": ["7"]}, {"film": NASTY, "format": "2D", "days": ["1"]}])
def test_crispy_draws_a_field_as_every_page_does(data):
    form = Form(data)

    assert [as_crispy_field(field).strip() for field in form] == [as_field(field) for field in form]


def test_a_field_escapes_all_but_html():
    drawn = as_field(Form({"film": NASTY, "days": ["1"]})["film"]) + as_field(Form()["days"])

    assert drawn.count(escape(NASTY)) == 4
    assert NASTY not in drawn
    assert as_field(Linked()["film"]).endswith(
        '<div class="form-text" id="id_film_helptext"><a href="/">All</a></div></div>'
    )


def test_a_field_of_several_without_choices_is_a_group_all_the_same():
    assert "<fieldset><legend" in as_field(Linked()["days"])
