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
    files = [path for path in sorted(TEMPLATES.rglob("*")) if path.is_file()]

    found = [f"{path.relative_to(TEMPLATES)}:{number}" for path in files for number in long_lines(path.read_text())]

    assert {path.suffix for path in files} == {".html", ".txt"}
    assert not found, "\n".join(found)


@pytest.mark.parametrize(("width", "found"), [(120, []), (121, [2])])
def test_a_line_is_long_from_its_121st_character_on(width: int, found: list[int]):
    assert long_lines("<p>\n" + "x" * width) == found


def points_at_the_begin(text: str) -> list[str]:
    """The points between texts that may begin a line: a space before them that can break."""
    never = r"{% blocktranslate.*?endblocktranslate %}|{#.*?#}|<(title|option)\b.*?</\1>"  # on two lines
    shown = re.sub(never, "", text, flags=re.DOTALL)
    return re.findall(r"\s·.{,20}", shown)


def test_no_point_between_two_texts_begins_a_line_for_visitors():
    """What staff read is denser, and is left to them."""
    pages = [page for folder in ("public", "email") for page in (TEMPLATES / folder).rglob("*.html")]

    found = {page.name: points for page in pages if (points := points_at_the_begin(page.read_text()))}

    assert not found


def test_a_point_that_may_begin_a_line_is_found():
    assert points_at_the_begin("<p>A · B&nbsp;· C{% blocktranslate %}D · E{% endblocktranslate %}</p>") == [
        " · B&nbsp;· C</p>"
    ]


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
    """Whether a template names the parts of a field or lists errors, which errors.html and _field.html do for all."""
    return bool(re.search(r"\.(id_for_label|html_name|help_text|non_field_errors)\b|\bin ([\w.]+\.)?errors\b", text))


def test_errors_are_listed_by_one_template_and_every_field_is_drawn_by_another():
    filters = "public/programme/_choice.html"  # the programme's choices: no labels in sight, no errors
    drawn = {str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*.html") if draws_fields_by_hand(p.read_text())}

    assert drawn == {"bootstrap5/errors.html", "_field.html", filters}


def test_a_field_drawn_by_hand_is_found():
    assert draws_fields_by_hand('<label for="{{ form.name.id_for_label }}">')
    assert draws_fields_by_hand("{% for error in form.seats.errors %}")
    assert not draws_fields_by_hand("{% if form.errors %}{{ form.name|as_field }}")


AROUND = re.compile(r'<(?:section|form|nav|aside)\b[^>]*aria-labelledby="([^"]+)"')
TAKES_FOCUS = re.compile(r"<a |<input|<button|<summary|\|(as_field|crispy)|\{% include")


def regions_with_one_name(text: str) -> set[str]:
    """The headings by which both a region and a table within it are named: whoever jumps by regions hears it twice."""
    boxes = re.findall(r'role="region" aria-labelledby="([^"]+)"', text)
    return {*boxes} & {*AROUND.findall(text)}


def unreachable_tables(text: str) -> list[str]:
    """The tables that a narrow window scrolls, but no key: neither they nor the box around them take the focus."""
    boxes = re.findall(r'<div class="table-box">(.*?)</table>', text, re.DOTALL)
    return [box for box in boxes if "sheet cards" not in box and not TAKES_FOCUS.search(box)]


def test_a_table_that_scrolls_is_reached_by_keys_and_named_once():
    pages = {str(page.relative_to(TEMPLATES)): page.read_text() for page in TEMPLATES.rglob("*.html")}

    assert not {page: names for page, text in pages.items() if (names := regions_with_one_name(text))}
    assert not {page: boxes for page, text in pages.items() if (boxes := unreachable_tables(text))}


def test_a_table_that_no_key_reaches_or_that_is_named_twice_is_found():
    assert unreachable_tables('<div class="table-box"><table class="sheet"><td>1</td></table>')
    twice = '<section aria-labelledby="days"><div role="region" aria-labelledby="days">'
    assert regions_with_one_name(twice) == {"days"}
