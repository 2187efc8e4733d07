from decimal import Decimal

import pytest

from cinema.film_tables import values
from cinema.film_tables.values import Unusable

REST = "and the rest of a very long sentence that goes on " * 5


@pytest.mark.parametrize(
    "cell, title",
    [
        ("  The  Godfather\n", "The Godfather"),
        ("Fast &amp; Furious", "Fast & Furious"),
        ("1917", "1917"),
        (1917, "1917"),
        (1917.0, "1917"),
        ("Unknown", "Unknown"),
        ("$", "$"),
        ("M*A*S*H", "M*A*S*H"),
        ("Ame\u0301lie\x00", "Amélie"),
        ("हिन्दी मीडियम", "हिन्दी मीडियम"),
    ],
)
def test_a_title_is_taken_as_it_is_but_for_blanks_entities_and_what_no_database_stores(cell, title):
    assert values.title(cell) == title


@pytest.mark.parametrize(
    "cell", [None, "", "  ", "NaN", float("nan"), r"\N", "null", "???", "—", True, {"en": "X"}, []]
)
def test_nulls_and_punctuation_are_no_title(cell):
    with pytest.raises(Unusable, match="no title"):
        values.title(cell)


def test_a_title_longer_than_the_library_has_room_for_is_refused_not_cut():
    with pytest.raises(Unusable, match="title is longer than 200 characters"):
        values.title(REST)


@pytest.mark.parametrize(
    "cell, minutes",
    [
        ("142", 142),
        (142, 142),
        ("162.0", 162),
        ("142 min", 142),
        ("142min.", 142),
        ("129 minutes", 129),
        ("98 mins", 98),
        ("105′", 105),
        ("2h 9m", 129),
        ("2h9", 129),
        ("2 hrs. 9 mins.", 129),
        ("2 hours and 9 minutes", 129),
        ("1 h", 60),
        ("1.5 hours", 90),
        ("PT2H9M", 129),
        ("PT129M", 129),
        ("1:45", 105),
        ("01:45:00", 105),
        ("142 min (director's cut: 160 min)", 142),
        (["142 min"], 142),
        ("1000", 1000),
    ],
)
def test_a_runtime_is_read_in_the_forms_tables_have(cell, minutes):
    assert values.runtime(cell) == minutes


@pytest.mark.parametrize("cell", [None, "", "0", 0, "0.0", "n/a", "two hours", "2 Seasons", "-5", "min", "1" * 5000])
def test_what_says_no_length_is_no_runtime(cell):
    with pytest.raises(Unusable, match="no runtime"):
        values.runtime(cell)


@pytest.mark.parametrize("cell", ["1001", 99999, "95:00"])
def test_no_film_is_longer_than_a_thousand_minutes(cell):
    with pytest.raises(Unusable, match="not between 1 and 1000 minutes"):
        values.runtime(cell)


@pytest.mark.parametrize(
    "cell, rating",
    [("8.1", "8.1"), (8.06, "8.1"), ("8,1", "8.1"), ("8.1/10", "8.1"), ("81%", "8.1"), ("4/5", "8.0"), (10, "10.0")],
)
def test_a_rating_is_brought_to_ten(cell, rating):
    assert values.rating(cell) == Decimal(rating)


@pytest.mark.parametrize("cell", ["10.1", "-1", "110%", "8/0", "good", 1e300])
def test_a_rating_beyond_ten_is_refused(cell):
    with pytest.raises(Unusable, match="rating is not from 0 to 10"):
        values.rating(cell)


@pytest.mark.parametrize(
    "cell, certificate",
    [
        ("pg-13", "PG-13"),
        ("Rated PG-13 for violence", "PG-13"),
        ("PG-13 (Parents Strongly Cautioned)", "PG-13"),
        ("U/A 16+", "U/A 16+"),
        (12, "12"),
        ("Approved", "Approved"),
        ("NR", ""),
    ],
)
def test_a_certificate_is_the_mark_alone(cell, certificate):
    assert values.certificate(cell) == certificate


@pytest.mark.parametrize("cell", ["8.1", "74 min", REST])
def test_a_score_a_runtime_or_a_sentence_is_no_certificate(cell):
    with pytest.raises(Unusable, match="certificate not understood"):
        values.certificate(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "Action, Drama",
        "Action|Drama",
        "Action / Drama;",
        ["Action", "Drama", "action", None],
        "['Action', 'Drama']",
        "['Action' 'Drama']",
        "[Action, Drama]",
        '["Action", "Drama"]',
        '[{"id": 28, "name": "Action"}, {"id": 18, "name": "Drama"}]',
        "[{'id': 28, 'name': 'Action'}, {'id': 18, 'name': 'Drama'}]",
        [{"id": 28, "name": "Action"}, {"id": 18, "name": "Drama"}],
    ],
)
def test_names_come_in_a_text_a_list_json_or_a_python_literal(cell):
    assert [name.casefold() for name in values.names(cell)] == ["action", "drama"]


def test_of_a_crew_only_the_directors_are_named():
    crew = '[{"job": "Editor", "name": "Thelma"}, {"job": "Director", "name": "Martin Scorsese"}]'
    assert values.director(crew) == "Martin Scorsese"


def test_a_comma_in_a_directors_name_stays():
    assert values.director("Robert Downey, Jr.|Ava DuVernay") == "Robert Downey, Jr., Ava DuVernay"


@pytest.mark.parametrize(
    "cell, genre",
    [
        ("sci-fi", "Sci-Fi"),
        ("SCI-FI", "Sci-Fi"),
        ("Sci-fi", "Sci-Fi"),
        ("TV Movie", "TV Movie"),
        ("children's", "Children's"),
    ],
)
def test_every_genre_is_written_alike(cell, genre):
    assert values.genre(cell) == genre


def test_a_synopsis_is_plain_text():
    assert (
        values.synopsis("<p>Tom &amp; <i>Jerry</i></p>a &lt; b,  I <3 you<br/>end")
        == "Tom & Jerry\na < b, I <3 you\nend"
    )


def test_an_endless_synopsis_is_cut():
    assert values.synopsis("x" * 1_000_000) == "x" * 9_999 + "…"


def test_a_list_in_python_that_is_too_long_to_read_is_no_list():
    assert values.names("['A', " + "'B', " * 300_000 + "]") == []
