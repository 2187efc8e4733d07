"""Two simultaneous requests of one client: the limits hold, and are exceeded without protection."""

from functools import partial
from unittest import mock

import pytest

from cinema.exceptions import ShowShareReached, TooManyHolds
from cinema.models import Hold, Show, ShowSeat
from cinema.services.booking.holds import hold_seats
from tests.concurrency.harness import Outcome, race, unprotected
from tests.factories import ShowFactory, seat_ids

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "203.0.113.7"


@pytest.fixture(autouse=True)
def limits(settings):
    settings.HOLDS_PER_BUYER, settings.HOLDS_PER_ADDRESS, settings.SHOW_SHARE, settings.MAX_SEATS = 0, 0, 0, 2
    return settings


def holding(show: Show, names: str, buyer: str) -> partial:
    return partial(hold_seats, show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer, client_ip=HOME)


def at_two_shows() -> list[Outcome]:
    """Requests at two shows, whose locks do not exclude each other."""
    return race(*(holding(ShowFactory(screen__rows=1), "A1", f"buyer {number}") for number in range(2)), patience=2)


def at_one_show() -> list[Outcome]:
    show = ShowFactory(screen__rows=1)
    return race(holding(show, "A1 A2", "asha"), holding(show, "A4 A5", "ben"), patience=2)


def test_the_limit_of_an_address_holds_at_two_shows_at_once(limits):
    limits.HOLDS_PER_ADDRESS = 1

    errors = [outcome.error for outcome in at_two_shows()]

    assert sorted(type(error) for error in errors if error) == [TooManyHolds]
    assert Hold.objects.count() == 1


@pytest.mark.nightly
def test_without_protection_both_pass_the_limit(limits):
    limits.HOLDS_PER_ADDRESS = 1
    with unprotected(), mock.patch("cinema.services.booking.hold_limits.lock_holders"):
        assert [outcome.error for outcome in at_two_shows()] == [None, None]


def test_the_share_of_a_show_holds(limits):
    limits.SHOW_SHARE = 30  # 2 of 8

    errors = [outcome.error for outcome in at_one_show()]

    assert [type(error) for error in errors if error] == [ShowShareReached]
    assert ShowSeat.objects.filter(status=ShowSeat.Status.HELD).count() == 2


@pytest.mark.nightly
def test_without_protection_the_share_is_taken_twice(limits):
    limits.SHOW_SHARE = 30
    with unprotected(), mock.patch("cinema.services.booking.hold_limits.lock_holders"):
        assert [outcome.error for outcome in at_one_show()] == [None, None]
