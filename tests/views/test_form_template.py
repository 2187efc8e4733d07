"""How a form is drawn: errors.html and uni_form.html, by crispy, and _field.html."""

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors, as_crispy_form
from django import forms
from django.template.loader import render_to_string


class TripForm(forms.Form):
    wide = ("note",)

    name = forms.CharField(label="Name", help_text="As in the passport")
    pace = forms.ChoiceField(label="Pace", choices=[(1, "Slow"), (2, "Fast")], widget=forms.RadioSelect)
    bus = forms.ChoiceField(label="Bus", choices=[("a", "Red"), ("b", "Blue")], required=False)
    agreed = forms.BooleanField(label="Agreed")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    code = forms.CharField(widget=forms.HiddenInput, min_length=3)


def drawn(data: dict[str, str] | None = None) -> str:
    return " ".join(as_crispy_form(TripForm(data)).split())


def test_a_field_has_a_label_a_mark_if_required_and_its_help():
    html = drawn()

    assert '<label class="form-label" for="id_name">Name<span class="field-required">*</span></label>' in html
    assert '<div class="form-text" id="id_name_helptext">As in the passport</div>' in html
    assert '<label class="form-label" for="id_bus">Bus</label>' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert "field-errors" not in html
    assert "alert" not in html


def test_each_kind_of_control_has_the_look_of_its_kind():
    html = drawn({"pace": "2", "agreed": "on"})

    assert html.count("form-select") == 1
    assert html.count("form-check-input") == 3
    assert 'type="radio" name="pace" value="2" id="id_pace_1" required checked' in html
    assert '<label class="form-check-label" for="id_agreed">' in html


def test_errors_stand_on_top_with_links_and_again_at_their_fields():
    html = drawn({"code": "abc"})

    assert html.count('role="alert"') == 1
    for name, label in {"id_name": "Name", "div_id_pace": "Pace", "id_agreed": "Agreed"}.items():
        assert f'<a href="#{name}">{label}</a>: This field is required.' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert '<fieldset aria-describedby="id_pace_error">' in html
    assert html.count("field-errors") == 3
    assert html.count('aria-invalid="true"') == 4


def test_an_error_of_a_hidden_field_has_no_link():
    html = drawn({"name": "Asha", "pace": "1", "agreed": "on", "code": "x"})

    assert "<li> Ensure this value has at least 3 characters (it has 1). </li>" in html
    assert "#id_code" not in html


def test_a_sentence_can_stand_above_the_errors():
    def said(data: dict[str, str] | None) -> str:
        return render_to_string("bootstrap5/errors.html", {"form": TripForm(data), "lead": "Nothing was booked."})

    assert "<p>Nothing was booked.</p>" in said({})
    assert "Nothing was booked." not in said(None)


def test_a_page_can_place_the_fields_itself():
    html = as_crispy_errors(TripForm({}))

    assert 'href="#id_name"' in html
    assert "<input" not in html


def test_the_form_names_the_fields_that_take_a_whole_line():
    assert '<div class="field field-wide" id="div_id_note">' in drawn()
    assert drawn().count("field-wide") == 1
