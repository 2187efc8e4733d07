"""How templates are written. Their laws about code, styles and foreign files are in test_layers.py."""

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
