"""How templates are written. Their laws about code, styles and foreign files are in test_layers.py."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parent.parent / "templates"
WIDTH = 120


def long_lines(text: str) -> list[int]:
    """The numbers of the lines that are wider than a screen."""
    return [number for number, line in enumerate(text.splitlines(), start=1) if len(line) > WIDTH]


def test_no_line_of_a_template_is_longer_than_120_characters():
    pages = sorted(TEMPLATES.rglob("*.html"))

    found = [f"{page.relative_to(TEMPLATES)}:{number}" for page in pages for number in long_lines(page.read_text())]

    assert len(pages) > 100
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("width", "found"), [(120, []), (121, [2])])
def test_a_line_is_long_from_its_121st_character_on(width: int, found: list[int]):
    assert long_lines("<p>\n" + "x" * width) == found


def texts_in_data(text: str) -> list[str]:
    """The data-* attributes with a text to read; scripts get theirs by script_texts, so that markup stays markup."""
    return re.findall(r"\b(data-[\w-]+)=[\"']\{%\s*(?:block)?translate\b", text)


def test_texts_for_scripts_stand_in_no_attribute():
    found = {name for page in TEMPLATES.rglob("*.html") for name in texts_in_data(page.read_text())}

    assert found == {"data-full"}  # of a row without a free seat, which the style sheet shows


def test_a_text_in_an_attribute_is_found():
    assert texts_in_data("""<p data-a="{% translate 'Hello' %}" data-b='{% blocktranslate %}' data-c="1">""") == [
        "data-a",
        "data-b",
    ]


def test_no_text_with_a_percent_sign_is_translated_in_the_arguments_of_a_tag():
    """Django doubles the sign there, and leaves it so: “%%n seats”. With {% translate … as name %} it does not."""
    found = [page.name for page in TEMPLATES.rglob("*.html") if re.search(r"""_\(["'][^"'}]*%""", page.read_text())]

    assert not found


def draws_fields_by_hand(text: str) -> bool:
    """Whether a template names the parts of a field or lists errors, which _form.html and field.html do for all."""
    return bool(re.search(r"\.(id_for_label|html_name|help_text|non_field_errors)\b|\bin [\w.]+\.errors\b", text))


def test_every_form_is_drawn_by_one_template_and_every_field_by_another():
    filters = "public/programme/_choice.html"  # the programme's choices: no labels in sight, no errors
    drawn = {str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.html") if draws_fields_by_hand(p.read_text())}

    assert drawn == {"_form.html", "bootstrap5/field.html", filters}


def test_a_field_drawn_by_hand_is_found():
    assert draws_fields_by_hand('<label for="{{ form.name.id_for_label }}">')
    assert draws_fields_by_hand("{% for error in form.seats.errors %}")
    assert not draws_fields_by_hand("{% if form.errors %}{{ form.name|as_crispy_field }}")
