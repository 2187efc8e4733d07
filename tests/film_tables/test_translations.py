"""Titles and synopses in several languages in a film table."""

import pytest

from cinema.film_tables.columns import Layout, assign, grouped
from cinema.film_tables.languages import language_at_end
from cinema.film_tables.rows import read_row
from cinema.film_tables.table import TableRow


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("title_de", ("title", "de")),
        ("Title (German)", ("Title", "de")),
        ("Titel [Deutsch]", ("Titel", "de")),
        ("synopsis-fr", ("synopsis", "fr")),
        ("Synopsis (हिन्दी)", ("Synopsis", "hi")),
        ("title_de-AT", ("title_de-AT", "")),
        ("Title", ("Title", "")),
        ("Title 2", ("Title 2", "")),
    ],
)
def test_the_language_at_the_end_of_a_header(header: str, found: tuple[str, str]):
    assert language_at_end(header) == found


def test_columns_of_other_languages_are_translations():
    headers = ["Title", "title_de", "Title (Arabic)", "synopsis_en", "Synopsis (French)", "Runtime"]
    assert assign(headers) == {
        "Title": "title",
        "title_de": "title_de",
        "Title (Arabic)": "title_ar",
        "synopsis_en": "synopsis",
        "Synopsis (French)": "synopsis_fr",
        "Runtime": "runtime",
    }


def test_the_only_title_is_the_title_whatever_its_language():
    assert assign(["title_de", "Runtime"]) == {"title_de": "title", "Runtime": "runtime"}


def test_languages_that_are_not_offered_are_no_translations(settings):
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    assert assign(["Title", "title_fr", "title_de"]) == {"Title": "title", "title_fr": "title_fr", "title_de": "title"}


def test_a_row_with_translations():
    cells = {
        "Title": "The Boat",
        "title_de": "Das Boot (1981)",
        "title_fr": "-" * 3,
        "title_ar": "",
        "synopsis_de": "Tief <b>unten</b>.",
        "Content warnings (German)": "Enge,\nKrieg",
        "Runtime": "149",
    }
    row = read_row(TableRow(3, cells), Layout(grouped(assign(list(cells)))))

    assert row.movie.title_translations == {"de": "Das Boot"}
    assert row.movie.synopsis_translations == {"de": "Tief unten."}
    assert row.movie.content_notes_translations == {"de": "Enge, Krieg"}
    assert [(note.reason, note.value) for note in row.warnings] == [("no title", "---")]
