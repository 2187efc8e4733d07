from datetime import date
from decimal import Decimal

import pytest

from cinema.film_tables.columns import Layout, assign, grouped, reassign
from cinema.film_tables.rows import MovieRow, movie_slug, read_row, title_of
from cinema.film_tables.table import TableRow
from cinema.film_tables.values import Unusable


def film(cells: dict, **named: str) -> MovieRow:
    """Read a row; ``cells`` are by the headers of their columns."""
    columns = list(cells)
    return read_row(TableRow(7, cells), Layout(grouped(reassign(assign(columns), named, columns))))


def test_a_row_of_imdb():
    row = film(
        {
            "tconst": "tt0211915",
            "titleType": "movie",
            "primaryTitle": "Amélie",
            "originalTitle": "Le fabuleux destin d'Amélie Poulain",
            "isAdult": "0",
            "startYear": "2001",
            "endYear": r"\N",
            "runtimeMinutes": "122",
            "genres": "Comedy,Romance",
        }
    )
    assert (row.movie.title, row.movie.slug, row.movie.runtime) == ("Amélie", "amélie-2001", 122)
    assert row.movie.original_title == "Le fabuleux destin d'Amélie Poulain"
    assert row.genres == {"comedy": "Comedy", "romance": "Romance"}
    assert row.warnings == []


def test_a_row_of_tmdb():
    row = film(
        {
            "genres": '[{"id": 28, "name": "Action"}, {"id": 878, "name": "Science Fiction"}]',
            "keywords": '[{"id": 1463, "name": "culture clash"}]',
            "original_language": "en",
            "original_title": "Avatar",
            "overview": "A marine on a moon.",
            "release_date": "2009-12-10",
            "runtime": "162.0",
            "spoken_languages": '[{"iso_639_1": "en", "name": "English"}, {"iso_639_1": "es", "name": "Español"}]',
            "status": "Released",
            "title": "Avatar",
            "vote_average": "7.2",
            "vote_count": "11800",
        }
    )
    movie = row.movie
    assert (movie.title, movie.original_title, movie.year, movie.runtime) == ("Avatar", "", 2009, 162)
    assert (movie.release_date, movie.rating, movie.synopsis) == (
        date(2009, 12, 10),
        Decimal("7.2"),
        "A marine on a moon.",
    )
    assert row.genres == {"action": "Action", "science-fiction": "Science Fiction"}
    assert row.languages == {"en": "English", "es": "Spanish"}


def test_a_row_of_kaggle():
    row = film(
        {
            "Title": "Following",
            "MPAA Rating": "R",
            "Distributor": "Zeitgeist Films",
            "Format": "DCP 2D",
            "Running Time (min)": "70",
            "Genre(s)": "['Crime', 'thriller']",
            "Director": "Christopher Nolan",
            "Language(s)": "English",
            "Release Date": "Apr 04 1999",
            "Star1": "Jeremy Theobald",
            "Star2": "Alex Haw",
            "Overview": "A writer follows strangers.",
            "Rating": "7.5",
        }
    )
    assert (row.movie.certificate, row.movie.rating, row.movie.director) == ("R", Decimal("7.5"), "Christopher Nolan")
    assert (row.movie.distributor, row.movie.format) == ("Zeitgeist Films", "2D")
    assert row.movie.cast == ["Jeremy Theobald", "Alex Haw"]
    assert row.movie.release_date == date(1999, 4, 4)


def test_a_named_column_counts_whatever_its_header():
    row = film({"Title": "Up", "Length": "1", "Rating": "96"}, runtime="rating")
    assert (row.movie.runtime, row.movie.rating) == (96, None)


def test_the_first_column_with_a_value_counts():
    row = film({"Title": "", "Title (2)": "NaN", "Original Title": "Up", "Runtime": "-", "Duration": "96"})
    assert (row.movie.title, row.movie.runtime) == ("Up", 96)


def test_unusable_cells_are_left_empty_with_a_warning():
    row = film(
        {
            "title": "Up",
            "runtime": 96,
            "year": "PG",
            "release date": "2009-13-45",
            "rating": "11",
            "certificate": "74 min",
            "genres": "Drama, 123",
            "languages": "hi, 120",
            "director": "x" * 301,
        }
    )
    assert [str(warning) for warning in row.warnings] == [
        "row 7, “Up”: release date not understood (2009-13-45)",
        "row 7, “Up”: year not understood (PG)",
        "row 7, “Up”: certificate not understood (74 min)",
        "row 7, “Up”: director is longer than 300 characters (" + "x" * 59 + "…)",
        "row 7, “Up”: rating is not between 0 and 10 (11)",
        "row 7, “Up”: genre not understood (123)",
        "row 7, “Up”: language not understood (120)",
    ]
    assert row.movie.release_date is row.movie.rating is None
    assert row.movie.certificate == row.movie.director == ""
    assert row.genres == {"drama": "Drama"}


@pytest.mark.parametrize("nothing", ["N/A", "-", "null", "None", "nan", "unknown", "", None, float("nan"), [], {}])
def test_an_empty_cell_gives_no_warning(nothing):
    fields = ["year", "release date", "rating", "certificate", "genres", "languages", "director", "cast", "overview"]
    row = film({"title": "Up", "runtime": 96} | dict.fromkeys(fields, nothing))
    assert (row.warnings, row.genres, row.languages, row.movie.cast) == ([], {}, {}, [])
    assert row.movie.certificate == row.movie.director == row.movie.synopsis == ""


@pytest.mark.parametrize(
    "kind",
    ["tvSeries", "TV Show", "tvEpisode", "videoGame", "Series", "TV Mini Series", "Fernsehserie", "Série TV", "Сериал"],
)
def test_a_series_is_not_a_film(kind):
    with pytest.raises(Unusable, match="not a film"):
        film({"Title": "Lost", "Runtime": 45, "Type": kind})


@pytest.mark.parametrize("kind", ["movie", "tvMovie", "short", "Film", "Spielfilm", "feature", ""])
def test_types_of_films_are_accepted(kind):
    assert film({"Title": "Duel", "Runtime": 90, "Type": kind}).movie.title == "Duel"


@pytest.mark.parametrize(
    "cells",
    [
        {"Seasons": "6"},
        {"Episodes": 121},
        {"Year": "2004–2010"},
        {"Year": "(2004– )"},
        {"Title": "Lost (TV Series 2004–2010)"},
        {"Director": "", "Year": "", "Certificate": "TV-14"},
    ],
)
def test_a_series_is_recognised_without_a_type(cells):
    with pytest.raises(Unusable, match="a series, as"):
        film({"Title": "Lost", "Runtime": 45} | cells)


@pytest.mark.parametrize(
    "cells",
    [
        {"Seasons": "0", "Episodes": ""},
        {"Year": "2004"},
        {"Title": "Open Season 2"},
        {"Director": "Jane Doe", "Year": "", "Certificate": "TV-14"},
        {"Year": "", "Certificate": "TV-14"},
    ],
)
def test_a_film_is_not_taken_for_a_series(cells):
    assert film({"Title": "Duel", "Runtime": 90} | cells).movie.runtime == 90


@pytest.mark.parametrize(
    "cells, languages, original",
    [
        ({"original_language": "hi", "spoken_languages": "[{'iso_639_1': 'en'}, {'iso_639_1': 'hi'}]"}, "hi en", "hi"),
        ({"spoken_languages": "[{'iso_639_1': 'en'}, {'iso_639_1': 'hi'}]"}, "en hi", ""),
        ({"spoken_languages": "[{'iso_639_1': 'hi'}]"}, "hi", "hi"),
        ({"original_language": "ko"}, "ko", "ko"),
        ({"Language": "Hindi, English"}, "hi en", "hi"),
        ({"Sprache": "Deutsch; Englisch"}, "de en", "de"),
        ({"Langue": "allemand"}, "de", "de"),
        ({"original_language": "xx", "spoken_languages": "[{'iso_639_1': 'xx'}]"}, "zxx", "zxx"),
        ({"Language": "No Language, English"}, "en", "en"),
        ({"Language": ""}, "", ""),
    ],
)
def test_the_original_language_comes_first(cells, languages, original):
    row = film({"Title": "Up", "Runtime": 96} | cells)
    assert (" ".join(row.languages), row.original_language) == (languages, original)


@pytest.mark.parametrize(
    "cells", [{"vote_average": "6.4", "vote_count": "0"}, {"imdbRating": "0.0"}, {"averageRating": 5, "numVotes": 0}]
)
def test_a_film_nobody_has_voted_for_has_no_rating(cells):
    row = film({"Title": "Up", "Runtime": 96} | cells)
    assert (row.movie.rating, row.warnings) == (None, [])


def test_an_ambiguous_runtime_gives_a_warning():
    row = film({"Title": "Up", "Runtime": "1,36"})
    assert row.movie.runtime == 96
    assert [str(note) for note in row.warnings] == ["row 7, “Up”: runtime is read as hours and minutes (1,36)"]


@pytest.mark.parametrize(
    "title, said",
    [
        ("AmÃ©lie", "looks garbled; perhaps “Amélie”"),
        ("DÈj‡ Vu", "looks garbled; perhaps “Déjà Vu”"),
        ("W nich ca³a nadzieja", "looks garbled; perhaps “W nich cała nadzieja”"),
        ("Ëåâèàôàí", "looks garbled; perhaps “Левиафан”"),
        ("Am\ufffdlie", "looks garbled"),
    ],
)
def test_a_garbled_title_gives_a_warning_with_the_repaired_one(title, said):
    row = film({"Title": title, "Runtime": "96"})
    assert row.movie.title == title
    assert [note.reason for note in row.warnings] == [said]


@pytest.mark.parametrize(
    "title", ["Amélie", "Été 85", "L'Été", "¿Quién sabe?", "¡Átame!", "Æon Flux", "Alien³", "МАМА"]
)
def test_accents_are_not_garbled(title):
    assert film({"Title": title, "Runtime": "96"}).warnings == []


def test_the_title_in_a_note_is_cut():
    assert title_of(TableRow(1, {"Title": " Up\n2 "}), grouped(assign(["Title"]))) == "Up 2"
    assert len(title_of(TableRow(1, {"Title": "x" * 100_000}), grouped(assign(["Title"])))) == 60
    assert title_of(TableRow(1, {}), grouped(assign(["Title"]))) == ""


def test_a_year_after_the_title_is_used_unless_another_is_given():
    assert film({"title": "Toy Story (1995)", "runtime": 81}).movie.slug == "toy-story-1995"
    assert film({"title": "Toy Story (1995)", "runtime": 81, "year": 1995}).movie.title == "Toy Story"
    assert film({"title": "Blade Runner (1982)", "runtime": 117, "year": 2007}).movie.title == "Blade Runner (1982)"


def test_the_year_of_an_invalid_date_is_used():
    assert film({"title": "Hamlet", "runtime": 242, "release date": "1996-02-30"}).movie.slug == "hamlet-1996"


def test_a_slug_is_title_and_year():
    assert movie_slug("Amélie", 2001) == "amélie-2001"
    assert movie_slug("Film", None) == "film"
    assert len(movie_slug("ﷺ" * 200, 2001)) <= 220


def test_titles_that_a_slug_cannot_contain_get_different_slugs():
    titles = ["कल", "काल", "कुल", "$", "$$"]
    assert len({movie_slug(title, 2010) for title in titles}) == len(titles)
