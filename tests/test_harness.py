"""The test run itself: it tests on the databases it names, and its factories make what they say."""

import os

import pytest
from django.db import connection

from cinema.models import ShowSeat
from tests.conftest import NOT_WITHOUT, takes_turns, uses_database
from tests.factories import ScreenFactory, ShowFactory, held, lapsed, past, seat

pytestmark = pytest.mark.django_db


def test_each_process_tests_on_the_database_it_names():
    assert connection.vendor == os.environ.get("TEST_DATABASE", connection.vendor)


@pytest.mark.only("sqlite")
def test_a_test_for_one_database_runs_there():
    assert connection.vendor == "sqlite"


def test_tests_that_use_no_database_run_in_one_of_the_processes_only(request):
    items = [item for item in request.session.items if not takes_turns(item)]
    without = [item.nodeid for item in items if not uses_database(item)]

    assert os.environ.get("TEST_DATABASE") != NOT_WITHOUT or without == []


def test_the_database_is_one_that_threads_can_share():
    assert "memory" not in str(connection.settings_dict["NAME"])


def test_a_show_has_every_seat_of_its_screen_for_sale_tomorrow_evening():
    show = ShowFactory(screen=ScreenFactory(rows=2, columns=3), price=120)
    assert (show.seats_total, show.seats_free) == (6, 6)
    assert f"{show.starts_at.astimezone(show.screen.theatre.tz):%H:%M}" == "18:00"
    assert (seat(show, "B3").price, seat(show, "B3").status) == (120, ShowSeat.Status.AVAILABLE)


def test_a_plan_gives_its_seats_different_prices():
    show = ShowFactory(screen__plan="aa\nbb")
    assert (seat(show, "A1").price, seat(show, "B1").price) == (250, 350)


def test_seats_are_held_and_a_hold_can_lapse():
    hold = held(ShowFactory(), "A1 A2")
    assert hold.seats.count() == 2
    assert lapsed(hold).expires_at < hold.created_at


def test_a_past_show_has_started():
    assert past(ShowFactory()).starts_at < ShowFactory().starts_at
