"""A schedule from a CSV file, row by row."""

from datetime import date, time

import pytest

from cinema.clock import read_day, read_time
from cinema.exceptions import Overlap, ScheduleUnreadable
from cinema.models import Show
from cinema.services.plan_rows import judge
from cinema.services.planning import plan_rows
from cinema.services.schedule_import import decode, import_rows
from tests.factories import LanguageFactory, MovieFactory, ScreenFactory, TheatreFactory, price_card

pytestmark = pytest.mark.django_db
HEAD = "date,time,screen,film\n"


@pytest.fixture
def theatre():
    theatre = TheatreFactory()
    ScreenFactory(theatre=theatre, name="One")
    price_card(theatre, "Standard")
    movie = MovieFactory(title="Sholay", slug="sholay-1975", year=1975)
    movie.languages.add(LanguageFactory())
    return theatre


def read(theatre, text):
    rows = import_rows(theatre=theatre, text=text)
    judge(rows)
    return rows


def test_a_row_becomes_a_draft_with_all_that_it_says(theatre):
    LanguageFactory(code="en", name="English")
    text = (
        "date,time,screen,film,format,language,subtitles,price card\n2083-01-08,18:00,one,SHOLAY,3d,hi,English,standard"
    )

    (row,) = plan_rows(theatre=theatre, rows=read(theatre, text), user=None, how="import")

    show = Show.objects.get()
    assert (row.number, row.show, show.status) == (2, show, Show.Status.DRAFT)
    assert (show.trading_day, show.format) == (date(2083, 1, 8), "3D")
    assert (show.language.code, show.subtitles.code, show.price_card.name) == ("hi", "en", "Standard")


@pytest.mark.parametrize("name", ["Sholay", "sholay-1975", "Sholay (1975)"])
def test_a_film_is_named_by_its_title_its_slug_or_its_title_and_year(theatre, name):
    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,One,{name}")

    assert row.show.movie.slug == "sholay-1975"


def test_of_two_films_with_one_title_the_later_is_meant_unless_a_year_is_said(theatre):
    MovieFactory(title="Sholay", slug="sholay-2024", year=2024).languages.add(LanguageFactory())

    later, first = read(theatre, f"{HEAD}2083-01-08,18:00,One,Sholay\n2083-01-09,18:00,One,Sholay (1975)")

    assert (later.show.movie.year, first.show.movie.year) == (2024, 1975)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("soon,18:00,One,Sholay", "date: “soon” is not known."),
        ("2083-01-08,25.99,One,Sholay", "time: “25.99” is not known."),
        ("2083-01-08,18:00,Nine,Sholay", "screen: “Nine” is not known."),
        ("2083-01-08,18:00,One,<b>", "film: “<b>” is not known."),
        ("2083-01-08,18:00,,Sholay", "screen is missing."),
        ("2020-01-08,18:00,One,Sholay", "This time is over."),
        ("2083-01-08", "time is missing."),
    ],
)
def test_a_row_that_cannot_be_says_why_and_the_others_are_read(theatre, line, problem):
    bad, good = read(theatre, f"{HEAD}{line}\n2083-01-09,18:00,One,Sholay")

    assert (bad.number, str(bad.problem), bad.show) == (2, problem, None)
    assert good.show


def test_a_film_whose_language_is_unknown_needs_one(theatre):
    MovieFactory(title="Silent")

    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,One,Silent")

    assert str(row.problem) == "language is missing."


def test_rows_in_each_others_way_are_told_apart(theatre):
    first, second = read(theatre, f"{HEAD}2083-01-08,18:00,One,Sholay\n2083-01-08,19:00,One,Sholay")

    assert first.show
    assert isinstance(second.problem, Overlap)


@pytest.mark.parametrize(
    "text",
    [
        "Date;Time;Hall;Title\n08.01.2083;18.00;One;Sholay",
        "\ufeffdate\ttime\tscreen\tmovie\r\n08/01/2083\t18\tOne\tSholay\r\n\r\n",
        'film,screen,time,date\n"Sholay",One,18:00:00,2083-01-08\n,,,',
    ],
)
def test_separators_orders_and_forms_of_spreadsheets_are_understood(theatre, text):
    (row,) = read(theatre, text)

    assert (row.day, row.at, row.show.movie.title) == (date(2083, 1, 8), time(18), "Sholay")


def test_a_time_after_midnight_is_the_night_after_the_date(theatre):
    (row,) = read(theatre, f"{HEAD}2083-01-08,24:30,One,Sholay")

    assert (row.at, row.night, row.show.trading_day) == (time(0, 30), date(2083, 1, 9), date(2083, 1, 8))


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "date,time,screen\n", HEAD + "2083-01-08,18:00,One,Sholay\n" * 1001])
def test_a_file_that_is_no_schedule_or_too_long_is_refused(theatre, text):
    with pytest.raises(ScheduleUnreadable):
        import_rows(theatre=theatre, text=text)


def test_bytes_are_text_with_or_without_a_mark_or_from_windows():
    assert decode("Amélie".encode()) == decode("\ufeffAmélie".encode()) == decode("Amélie".encode("cp1252")) == "Amélie"


@pytest.mark.parametrize("content", [b"x" * 500_001, b"PK\x03\x04\0\0"])
def test_bytes_that_are_no_text_or_too_many_are_refused(content):
    with pytest.raises(ScheduleUnreadable):
        decode(content)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_reading_takes_the_same_queries_for_any_number_of_rows(theatre, number, django_assert_max_num_queries):
    lines = "".join(f"2083-01-{n + 1:02},18:00,One,Sholay,hi\n" for n in range(number))
    with django_assert_max_num_queries(6):
        read(theatre, "date,time,screen,film,language\n" + lines)


@pytest.mark.parametrize(
    ("said", "at"), [("9", time(9)), ("9:05", time(9, 5)), ("21h30", time(21, 30)), ("28:00", time(4))]
)
def test_times_as_people_write_them(said, at):
    assert read_time(said) == at


@pytest.mark.parametrize("said", ["", "29:00", "18:60", "-1", "six", "１８:００x", "18:0"])
def test_what_is_no_time(said):
    with pytest.raises(ValueError):
        read_time(said)


@pytest.mark.parametrize("said", ["", "2026-13-01", "1926-11-27", "9999-01-01", "11-27"])
def test_what_is_no_day(said):
    with pytest.raises(ValueError):
        read_day(said)
