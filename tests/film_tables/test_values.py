from contextlib import suppress
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
        ("\u200bUp\u200e\xad", "Up"),
        ("ق\u200cل", "ق\u200cل"),
    ],
)
def test_a_title_is_cleaned_of_spaces_entities_and_invalid_characters(cell, title):
    assert values.title(cell) == title


@pytest.mark.parametrize(
    "cell", [None, "", "  ", "NaN", float("nan"), r"\N", "null", "???", "—", True, {"en": "X"}, []]
)
def test_null_values_and_punctuation_are_no_title(cell):
    with pytest.raises(Unusable, match="no title"):
        values.title(cell)


def test_a_title_that_is_too_long_is_refused_and_not_cut():
    with pytest.raises(Unusable, match="title is longer than 200 characters"):
        values.title(REST)


@pytest.mark.parametrize(
    "cell, rating",
    [("8.1", "8.1"), (8.06, "8.1"), ("8,1", "8.1"), ("8.1/10", "8.1"), ("81%", "8.1"), ("4/5", "8.0"), (10, "10.0")],
)
def test_a_rating_is_scaled_to_ten(cell, rating):
    assert values.rating(cell) == Decimal(rating)


@pytest.mark.parametrize("cell", ["0", 0, 0.0, "0.0", "0,0", "0%", "0/10"])
def test_a_rating_of_0_is_none(cell):
    assert values.rating(cell) is None


@pytest.mark.parametrize("cell", ["10.1", "-1", "110%", "8/0", "good", 1e300, "9" * 100_000])
def test_a_rating_beyond_ten_is_refused(cell):
    with pytest.raises(Unusable, match="rating is not between 0 and 10"):
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
def test_a_certificate_is_reduced_to_the_mark(cell, certificate):
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
def test_names_are_read_from_a_text_a_list_json_or_a_python_literal(cell):
    assert [name.casefold() for name in values.names(cell)] == ["action", "drama"]


def test_only_the_directors_of_a_crew_are_read():
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
        ("Sci_Fi", "Sci-Fi"),
        ("Film_Noir", "Film-Noir"),
        ("science_fiction", "Science Fiction"),
        ("TV Movie", "TV Movie"),
        ("children's", "Children's"),
    ],
)
def test_genres_are_normalised(cell, genre):
    assert values.genre(cell) == genre


def test_a_synopsis_is_plain_text():
    assert (
        values.synopsis("<p>Tom &amp; <i>Jerry</i></p>a &lt; b,  I <3 you<br/>end")
        == "Tom & Jerry\na < b, I <3 you\nend"
    )


def test_a_synopsis_that_is_too_long_is_cut():
    assert values.synopsis("x" * 1_000_000) == "x" * 9_999 + "…"


def test_the_address_of_a_trailer_is_https():
    assert values.trailer_url(" https://example.org/watch?v=1&t=2 ") == "https://example.org/watch?v=1&t=2"
    for cell in ("http://example.org/", "javascript:alert(1)", "soon", "https://example.org/" + "x" * 300):
        with pytest.raises(values.Unusable):
            values.trailer_url(cell)


def test_a_python_literal_that_is_too_long_is_not_read():
    assert values.names("['A', " + "'B', " * 300_000 + "]") == []


@pytest.mark.parametrize(
    "cell",
    [
        "N/A",
        "k.A.",
        "k. A.",
        "keine Angabe",
        "n.d.",
        "non renseigné",
        "sin datos",
        "b.d.",
        "н/д",
        "okänd",
        "不明",
        "—",
        r"\N",
    ],
)
def test_an_empty_value_is_known_in_many_spellings_and_languages(cell):
    assert values.is_blank(cell)


@pytest.mark.parametrize("cell", ["ka", "Wu", "0", "UA", "x"])
def test_a_value_that_only_resembles_an_empty_one_is_kept(cell):
    assert not values.is_blank(cell)


@pytest.mark.parametrize(
    "cell, found",
    [("2D", "2D"), ("DCP 3D", "3D"), ("IMAX 3D", "IMAX"), ("2D/3D", "2D"), ("Dolby Atmos", "DOLBY"), ("imax", "IMAX")],
)
def test_the_first_format_named_counts(cell, found):
    assert values.film_format(cell) == found


@pytest.mark.parametrize("cell", ["35 mm", "Dolby Digital", "H2D2"])
def test_an_unknown_format_is_refused(cell):
    with pytest.raises(Unusable, match="format not understood"):
        values.film_format(cell)


def test_a_long_cast_is_cut_and_too_many_genres_are_refused():
    many = "|".join(f"Name {n}" for n in range(1000))
    assert len(values.cast(many)) == 200
    with pytest.raises(Unusable, match="too many names"):
        values.names(many)


@pytest.mark.parametrize(
    "cell",
    ["(" * 100_000, "&" * 100_000, "<a" * 50_000, " " * 99_999 + "x", "[" + "-" * 90_000, "a" + "\u0316\u0301" * 50_000,
     "1" * 100_000, "'" * 100_000, "[" + "'a' " * 20_000, "rated " * 15_000],
    ids=lambda cell: cell[:3],
)  # fmt: skip
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "read",
    [values.title, values.certificate, values.rating, values.names, values.cast, values.director, values.synopsis,
     values.genre, values.film_format, values.is_blank],
)  # fmt: skip
def test_the_longest_cell_is_read_quickly(read, cell):
    with suppress(Unusable):
        read(cell)
