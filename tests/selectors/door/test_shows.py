"""Which shows a door and a counter have before them around five in the morning, when the next trading day begins."""

from datetime import date, datetime, time

import pytest

from cinema.models import Show
from cinema.selectors.door.shows import shows_of_today
from cinema.selectors.orders.counter import tiles
from cinema.services.schedule.showtimes import local_moment
from tests.factories import ShowFactory

pytestmark = pytest.mark.django_db

DAY = date(2030, 5, 3)


@pytest.fixture
def show() -> Show:
    """A show whose doors open 20 minutes before it begins, and which is over 150 minutes after."""
    return ShowFactory(starts_at=datetime.fromisoformat("2030-05-03T05:00+05:30"), screen__theatre__doors=20)


def at(show: Show, clock: str, day: date = DAY) -> datetime:
    return local_moment(day, time.fromisoformat(clock), show.screen.theatre)


@pytest.mark.parametrize(("clock", "listed"), [("03:39", False), ("03:41", True), ("04:50", True), ("05:01", True)])
def test_the_first_show_of_a_day_is_at_the_door_before_the_day_begins(show, clock, listed):
    now = at(show, clock)
    assert show.screen.theatre.trading_day(now) == (DAY if clock > "05" else date(2030, 5, 2))
    assert shows_of_today(show.screen.theatre, now) == [show] * listed
    assert show.is_of_today(show.screen.theatre, now) == listed


@pytest.mark.parametrize(("clock", "listed"), [("04:40", True), ("05:10", True), ("07:05", True), ("07:15", False)])
def test_the_last_show_of_a_night_stays_at_the_door_until_it_is_over(clock, listed):
    show = ShowFactory(starts_at=datetime.fromisoformat("2030-05-03T04:40+05:30"))
    assert show.trading_day == date(2030, 5, 2)
    now = at(show, clock)
    assert shows_of_today(show.screen.theatre, now) == [show] * listed
    assert show.is_of_today(show.screen.theatre, now) == listed


def test_the_counter_sells_the_first_show_of_a_day_before_the_day_begins(show):
    assert [tile.show for tile in tiles(show.screen.theatre, at(show, "04:50"))] == [show]
    assert not tiles(show.screen.theatre, at(show, "03:00"))


def test_all_of_a_day_is_at_the_door_and_nothing_of_another_day(show):
    theatre = show.screen.theatre
    evening = ShowFactory(screen=show.screen, starts_at=at(show, "20:00"))
    ShowFactory(screen=show.screen, starts_at=at(show, "20:00", date(2030, 5, 4)))
    ShowFactory(starts_at=at(show, "20:00"))  # of another theatre
    assert shows_of_today(theatre, at(show, "05:00")) == shows_of_today(theatre, at(show, "23:59")) == [show, evening]
    assert shows_of_today(theatre, at(show, "04:59")) == [show]
