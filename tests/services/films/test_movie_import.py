"""Import of films from tables on disk."""

import csv
import json
import os
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from cinema.exceptions import ColumnMissing, DatabaseBusy
from cinema.film_tables.plans import Choices, plan_import
from cinema.models import Genre, Language, Movie
from cinema.services.films import movie_import
from cinema.services.films.movie_import import import_movies

pytestmark = pytest.mark.django_db

ROWS = int(os.environ.get("MOVIE_ROWS", 2_000))

Write = Callable[[str], Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    def write(content: str) -> Path:
        path = tmp_path / "films.csv"
        path.write_text(content, encoding="utf-8")
        return path

    return write


def films(number: int) -> str:
    """A table of that many films, each with some genres and languages."""
    rows = [f"Film {n},{80 + n % 60},{1990 + n % 30},Drama|Genre {n % 7},hi|en" for n in range(number)]
    return "\n".join(["Title,Runtime,Year,Genres,Languages", *rows])


def library() -> list[tuple]:
    """Everything an import can change."""
    linked = Movie.objects.order_by("pk", "genres__slug", "languages__code")
    return [
        list(linked.values_list()),
        list(linked.values_list("pk", "genres", "languages")),
        list(Genre.objects.values_list()),
        list(Language.objects.values_list()),
    ]


def test_films_are_imported_with_their_genres_and_languages(table):
    report = import_movies(path=table("title,runtime,genre,language\nUp,96,Drama,English\nPK,153,drama;Comedy,hin\n"))
    assert (report.created, report.already_there, report.skipped, report.warnings) == (2, 0, [], [])
    pk = Movie.objects.get(slug="pk")
    assert sorted(genre.name for genre in pk.genres.all()) == ["Comedy", "Drama"]
    assert [language.name for language in pk.languages.all()] == ["Hindi"]


def test_a_second_run_changes_nothing(table):
    path = table(films(20) + "\nFilm 3,99,1993,Other,fr\n,90,,,\n")
    first = import_movies(path=path)
    before = library()
    second = import_movies(path=path)
    assert (first.created, second.created, second.already_there) == (20, 0, 20)
    assert second.skipped == first.skipped
    assert library() == before


def test_a_film_already_there_stays_as_it_is(table):
    Movie.objects.create(title="Up", slug="up-2009", year=2009, runtime=96, director="Pete Docter")
    before = library()
    report = import_movies(path=table("title,year,runtime,director,genre\nUP!,2009,100,Somebody,Drama\n"))
    assert (report.created, report.already_there) == (0, 1)
    assert library() == before


def test_existing_genres_and_languages_are_used_whatever_their_slugs(table):
    genre = Genre.objects.create(name="Drama", slug="serious")
    language = Language.objects.create(name="Hindi", code="hin")
    import_movies(path=table("title,runtime,genre,language\nPK,153,drama,hi\n"))
    movie = Movie.objects.get()
    assert [*movie.genres.all(), *movie.languages.all()] == [genre, language]


def test_one_film_twice_in_a_table_counts_once_and_the_other_row_is_named(table):
    report = import_movies(
        path=table("title,year,runtime,director\nUp,2009,96,Docter\nUP ,2009,97,\nUp,2009,20,Another\nUp,1984,90,\n")
    )
    assert report.created == 2
    assert [str(note) for note in report.skipped] == [
        "row 3, “UP”: same film as in an earlier row (row 2)",
        "row 4, “Up”: same title and year as an earlier film, but another director (row 2)",
    ]


def test_rows_that_cannot_be_used_are_skipped_with_row_title_and_reason(table):
    report = import_movies(
        path=table(f"title,runtime\nUp,96\n\n,90\nLost,\nLong,5000\n{'x' * 201},90\nUp,96,90\n...,90\n1917,119\n")
    )
    assert report.created == 2
    assert [(note.row, note.title, note.reason) for note in report.skipped] == [
        (4, "", "no title"),
        (5, "Lost", "no runtime"),
        (6, "Long", "runtime is not plausible for a film"),
        (7, "x" * 59 + "…", "title is longer than 200 characters"),
        (8, "Up", "more cells than columns"),
        (9, "...", "no title"),
    ]


def test_a_table_decides_as_a_whole_how_its_dates_are_written(table):
    import_movies(path=table("title,runtime,released\nUp,96,5/12/2009\nCoco,105,22/11/2017\n"))
    assert str(Movie.objects.get(title="Up").release_date) == "2009-12-05"


def test_a_plan_writes_nothing_and_is_what_an_import_would_do(table, django_assert_num_queries):
    path = table("title,runtime,rating\nUp,96,8\nCoco,105,99\nLost,,\n")
    with django_assert_num_queries(0):
        plan = plan_import(path=path)
    report = import_movies(path=path)
    assert (len(plan.movies), plan.skipped, plan.warnings) == (report.created, report.skipped, report.warnings)


def test_an_import_that_dies_leaves_nothing_behind_and_can_be_repeated(table, monkeypatch):
    monkeypatch.setattr(movie_import, "BATCH", 10)
    real, batches = QuerySet.bulk_create, count(start=1)

    def dying(self, *args, **kwargs):
        if self.model is Movie.genres.through and next(batches) == 2:
            raise RuntimeError("the power is off")
        return real(self, *args, **kwargs)

    path, before = table(films(30)), library()
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(QuerySet, "bulk_create", dying)
        import_movies(path=path)
    assert library() == before
    assert import_movies(path=path).created == 30


def test_somebody_adding_the_same_film_meanwhile_stops_the_import_as_a_whole(table, monkeypatch):
    def lost_the_race(*args, **kwargs):
        raise IntegrityError("duplicate key")

    monkeypatch.setattr(movie_import, "_save", lost_the_race)
    with pytest.raises(DatabaseBusy, match="Nothing was changed"):
        import_movies(path=table(films(1)))


def test_an_unknown_column_is_mapped_by_name(table):
    path = table("Title,Length\nUp,96\n")
    with pytest.raises(ColumnMissing):
        import_movies(path=path, choices=Choices(named={"title": "Title", "runtime": "Lenght"}))
    path = table("Film name,How long\nUp,96\n")
    assert import_movies(path=path, choices=Choices(named={"title": "Film name", "runtime": "How long"})).created == 1


def test_a_table_without_a_runtime_is_not_imported(table):
    with pytest.raises(ColumnMissing, match=r"No column was recognised as the runtime\. The columns are: Title, Reels"):
        import_movies(path=table("Title,Reels\nUp,6\n"))
    assert not Movie.objects.exists()


def test_the_original_language_the_distributor_and_the_format_are_kept(table):
    import_movies(
        path=table("title,runtime,original_language,spoken_languages,distributor,format\nPK,153,hi,en|hi,UTV,3D\n")
    )
    movie = Movie.objects.get()
    assert (movie.original_language.name, movie.distributor, movie.format) == ("Hindi", "UTV", "3D")
    assert [language.name for language in movie.spoken] == ["Hindi", "English"]


def test_a_film_nobody_has_voted_for_has_no_rating(table):
    import_movies(path=table("title,runtime,vote_average,vote_count\nUp,96,0.0,0\nCoco,105,6.5,0\nPK,153,8.1,9\n"))
    assert list(Movie.objects.order_by("title").values_list("rating", flat=True)) == [None, Decimal("8.1"), None]


def test_the_database_keeps_no_rating_of_0():
    with pytest.raises(IntegrityError), transaction.atomic():
        Movie.objects.create(title="Up", slug="up", runtime=96, rating=0)


@pytest.fixture
def queries(table) -> Callable[[int], int]:
    """The number of queries to import so many new films."""
    import_movies(path=table(films(7)))  # makes the genres and languages
    names = count()

    def importing(number: int) -> int:
        path = table(films(number).replace("Film", f"Sequel {next(names)} to film"))
        with CaptureQueriesContext(connection) as captured:
            assert import_movies(path=path).created == number
        return len(captured)

    return importing


def test_the_queries_do_not_grow_with_the_films_of_a_batch(queries):
    assert queries(1) == queries(3) == queries(30)
    assert queries(500) <= queries(1) + 16  # SQLite takes 999 parameters at a time, so a full batch goes in portions


def test_each_batch_takes_four_queries(queries, monkeypatch):
    monkeypatch.setattr(movie_import, "BATCH", 10)
    one, two, three = queries(10), queries(20), queries(30)
    assert three - two == two - one == 4


HEADER = "Title,Running Time (min),MPAA Rating,Genre(s),Director,Language(s),Release Date,Overview,Rating"


def dirty_rows(number: int) -> Iterator[list[str]]:
    """Real-world rows with errors; the same in every run."""
    chance = random.Random(1895)

    def cell(*good: str, bad: str) -> str:
        kind = chance.random()
        return (
            chance.choice(good) if kind < 0.9 else bad if kind < 0.95 else chance.choice(["", "N/A", "nan", r"\N", "-"])
        )

    for n in range(number):
        row = [
            cell(
                f"Film {n}",
                f"{1000 + n}",
                f"हिन्दी {n}",
                f"Amélie &amp; {n // 9}",
                f" The  Return {n // 9}",
                bad="x" * 300,
            ),
            cell("142", "142 min", "2h 22m", "PT2H22M", "162.0", "1:45", bad="two hours"),
            cell("PG-13", "UA", "Not Rated", "8.1", bad="none of your business, really"),
            cell("Drama", "['Action', 'sci-fi']", '[{"id": 1, "name": "Comedy"}]', "War|Drama", bad="12"),
            cell("Jane Doe", "Jörg \0Ivy", bad="x" * 400),
            cell("en", "English, French", "हिन्दी", "Old Elvish", "[{'iso_639_1': 'ta'}]", bad="7"),
            cell("2009-12-25", "12/25/2009", "25 Dec 2009", "Dec 25 2009", "2009", "40172", bad="2009-13-45"),
            cell("A <b>bold</b> story &amp; more.", "Line one\nline two", '"Quoted"', bad="x" * 20_000),
            cell("8.1", "81%", "4/5", bad="11"),
        ]
        yield row if chance.random() < 0.99 else [*row, "one cell too many"]


def test_thousands_of_dirty_rows_are_each_imported_or_reported(tmp_path):
    path = tmp_path / "dirty.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER.split(","), *dirty_rows(ROWS)])
    report = import_movies(path=path)
    skipped = {note.row for note in report.skipped}
    assert Movie.objects.count() == report.created == ROWS - len(skipped)
    assert len(report.skipped) == len(skipped) < ROWS * 0.4
    assert skipped < set(range(2, ROWS + 2))
    assert not Movie.objects.filter(title__contains="&amp;").exists()
    again = import_movies(path=path)
    assert (again.created, again.already_there, again.skipped) == (0, report.created, report.skipped)


def test_json_lines_and_lists_give_the_same_films(tmp_path):
    rows = [
        {"title": "Up", "runtime": 96, "genres": ["Drama"]},
        {"title": 1917.0, "runtime": "1h 59m", "vote_average": None},
    ]
    (tmp_path / "list.json").write_text(json.dumps({"movies": rows}))
    (tmp_path / "lines.json").write_text("\n".join(map(json.dumps, rows)))
    assert import_movies(path=tmp_path / "list.json").created == 2
    assert import_movies(path=tmp_path / "lines.json").already_there == 2
    assert set(Movie.objects.values_list("title", flat=True)) == {"Up", "1917"}
