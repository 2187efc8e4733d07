"""Seats that were sold and stayed empty, at shows whose tickets were scanned."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cinema.domain.periods import Period
from cinema.models import Show
from cinema.selectors.figures.door import NoShows, no_shows
from cinema.services.door.check_ins import Door, Scan, check_in
from tests.factories import ShowFactory, at_the_door, sold, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    """A show that is over, with three of four sold seats used."""
    show = ShowFactory(screen__plan="aaaaaa")
    present, late = sold(show, "A1 A2"), sold(show, "A3 A4")
    at_the_door(show)
    door = Door(show.screen.theatre, staff(show.screen.theatre, "USHER"))
    check_in(door=door, scan=Scan(present.code, "a key"))
    seats = frozenset([late.seats.order_by("pk").first().pk])
    check_in(door=door, scan=Scan(late.code, "another key", seats=seats))
    at_the_door(show, timedelta(hours=-4))
    return show


def on_the_day_of(show: Show) -> Period:
    return Period(show.trading_day, show.trading_day)


def test_no_shows_are_the_sold_seats_that_stayed_empty(show, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = no_shows([show.screen.theatre], on_the_day_of(show))
    assert found == NoShows(shows=1, sold=4, came=3)
    assert (found.missing, found.percent) == (1, Decimal("25.0"))


def test_a_show_whose_tickets_nobody_scanned_does_not_count(show):
    other = ShowFactory(screen__theatre=show.screen.theatre, screen__plan="aa")
    sold(other, "A1 A2")
    at_the_door(other, timedelta(hours=-4))
    assert no_shows([show.screen.theatre], on_the_day_of(show)).sold == 4


def test_a_show_that_is_not_over_does_not_count(show):
    at_the_door(show)
    assert no_shows([show.screen.theatre], on_the_day_of(show)) is None


def test_other_theatres_and_long_periods_are_left_out(show):
    assert no_shows([ShowFactory().screen.theatre], on_the_day_of(show)) is None
    long = Period(show.trading_day - timedelta(days=31), show.trading_day)
    assert no_shows([show.screen.theatre], long) is None
