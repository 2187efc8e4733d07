"""Controls and fields drawn as strings: web.widgets and templatetags.fields."""

from datetime import date, time

import pytest
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


ESCAPED = "&lt;b&gt;&quot;it&#x27;s&quot; &amp; &#x27;that&#x27;&lt;/b&gt;"


def test_a_field_has_its_label_control_and_help():
    assertHTMLEqual(
        as_field(Form()["film"]),
        f"""
        <div class="field field-wide" id="div_id_film">
          <label class="form-label" for="id_film">{ESCAPED}<span class="field-required">*</span></label>
          <input type="text" name="film" class="narrow form-control" required aria-describedby="id_film_helptext"
                 id="id_film">
          <div class="form-text" id="id_film_helptext">{ESCAPED}</div>
        </div>""",
    )


def test_a_field_names_what_is_wrong_with_it():
    assertHTMLEqual(
        as_field(Form({"film": ""})["film"]),
        f"""
        <div class="field field-wide" id="div_id_film">
          <label class="form-label" for="id_film">{ESCAPED}<span class="field-required">*</span></label>
          <input type="text" name="film" class="narrow form-control" required aria-invalid="true"
                 aria-describedby="id_film_helptext id_film_error" id="id_film">
          <div class="field-errors" id="id_film_error"><p>This field is required.</p></div>
          <div class="form-text" id="id_film_helptext">{ESCAPED}</div>
        </div>""",
    )


def test_a_choice_is_a_select():
    assertHTMLEqual(
        as_field(Form({"format": "2D"})["format"]),
        f"""
        <div class="field" id="div_id_format"><label class="form-label" for="id_format">Format</label>
          <select name="format" class="form-select" id="id_format">
            <option value="2D" selected>{ESCAPED}</option>
          </select>
        </div>""",
    )


def test_a_box_stands_before_its_label():
    assertHTMLEqual(
        as_field(Form()["accept"]),
        """
        <div class="field" id="div_id_accept"><div class="form-check">
          <input type="checkbox" name="accept" class="form-check-input" required id="id_accept">
          <label class="form-check-label" for="id_accept">I accept<span class="field-required">*</span></label>
        </div></div>""",
    )


def test_several_boxes_are_a_fieldset():
    assertHTMLEqual(
        as_field(Form({"days": ["1"]})["days"]),
        f"""
        <div class="field" id="div_id_days"><fieldset aria-describedby="id_days_helptext">
          <legend class="form-label">Days<span class="field-required">*</span></legend>
          <div class="field-choices">
            <div class="form-check">
              <input class="form-check-input" type="checkbox" name="days" value="0" id="id_days_0">
              <label class="form-check-label" for="id_days_0">Mon</label>
            </div>
            <div class="form-check">
              <input class="form-check-input" type="checkbox" name="days" value="1" id="id_days_1" checked>
              <label class="form-check-label" for="id_days_1">{ESCAPED}</label>
            </div>
          </div>
        </fieldset><div class="form-text" id="id_days_helptext">Any.</div></div>""",
    )


def test_a_hidden_field_is_its_control_only():
    assert as_field(Form()["version"]) == '<input type="hidden" name="version" id="id_version">'
