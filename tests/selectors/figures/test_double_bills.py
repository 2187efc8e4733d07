"""The figures of double bills: money by the agreed shares, admissions for each film."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.exports import csv
from cinema.models import FurtherFilm
from cinema.selectors.figures.box_office import film_report, films_shown
from cinema.selectors.figures.exports import film_sheet, sale_sheet, show_sheet
from cinema.selectors.figures.figures import report
from tests.factories import MovieFactory, ScreenFactory, ShowFactory, TheatreFactory, cancelled, double_bill, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def theatre():
    return TheatreFactory(tax=18)


@pytest.fixture
def show(theatre):
    """Three seats at 100.01 of a show that is shared 33.34, 33.33 and 33.33."""
    further = [FurtherFilm(MovieFactory(title=title), 10, Decimal("33.33")) for title in ("Brazil", "Cabaret")]
    movie = MovieFactory(title="Alien")
    show = ShowFactory(
        movie=movie, further=tuple(further), screen=ScreenFactory(theatre=theatre), price=Decimal("100.01")
    )
    sold(show, "A1 A2 A3")
    return show


@pytest.fixture
def week(theatre, show):
    return theatre.film_week_of(show.trading_day)


def reports(show, week):
    return [film_report(show.screen.theatre, film, week) for film in show.films]


def test_each_film_has_its_share_and_the_shares_add_up(show, week):
    parts = [each.total for each in reports(show, week)]

    assert [part.gross for part in parts] == [Decimal("100.03"), Decimal("100.00"), Decimal("100.00")]
    assert sum(part.gross for part in parts) == sum(part.paid for part in parts) == Decimal("300.03")
    assert sum(part.tax for part in parts) == Decimal("45.77")  # as of a single film: 300.03 × 18 / 118
    assert [part.admissions for part in parts] == [3, 3, 3]


def test_the_revenue_of_a_film_is_the_same_in_all_figures(theatre, show, week):
    ShowFactory(movie=show.further[0].movie, screen=ScreenFactory(theatre=theatre), starts_at=show.starts_at)
    [by_film] = [table for table in report([theatre], week).tables if table.slug == "film"]

    lines = {line.label: line.now for line in by_film.lines}
    assert {each.movie.title: each.revenue for each in reports(show, week)} == {
        title: figures.revenue for title, figures in lines.items()
    }
    assert {line.movie.title: line.figures for line in films_shown(theatre, week)} == lines
    assert sum(figures.revenue for figures in lines.values()) == Decimal("300.03")
    assert [(line.admissions, line.shows) for line in lines.values()] == [(3, 1), (3, 2), (3, 1)]


def test_what_is_owed_for_a_cancelled_double_bill_is_split_too(theatre, show, week):
    cancelled(show)

    owed = [each.owed for each in reports(show, week)]
    assert sum(owed) == sum(line.figures.owed for line in films_shown(theatre, week))
    assert [each.total.admissions for each in reports(show, week)] == [0, 0, 0]


def test_figures_take_two_statements_more_however_many_there_are(theatre, show, week, django_assert_max_num_queries):
    for number in range(3):
        double_bill(
            movie=MovieFactory(),
            second=MovieFactory(),
            screen=ScreenFactory(theatre=theatre),
            starts_at=show.starts_at + timedelta(hours=number),
        )
    with django_assert_max_num_queries(11):
        report([theatre], week)


def test_exports_name_all_films_and_the_share(theatre, show, week):
    [row, *_rest] = film_sheet(reports(show, week)[1]).rows
    assert row[-1] == Decimal("33.33")
    for sheet in (show_sheet(theatre, week), sale_sheet(theatre, week)):
        assert "Alien + Brazil + Cabaret" in b"".join(csv.write([sheet])).decode()
