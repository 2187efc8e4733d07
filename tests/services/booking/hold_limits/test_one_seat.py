"""How long one buyer after another may keep a seat on hold."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cinema.exceptions import HoldTimeLimitReached, SeatsKeptTooLong
from cinema.models import Hold, SeatEvent
from cinema.services.booking.holds import extend_hold, release_hold
from tests.factories import ticket_of
from tests.services.booking.hold_limits.holding import CAFE, HOME, booking, holding
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db


def ended(hold: Hold, minutes: int, ago: int = 0) -> Hold:
    """Let the hold, which has just begun, have lasted some minutes and ended ``ago``."""
    end = hold.created_at - timedelta(minutes=ago)
    with alterable_trail():
        SeatEvent.objects.filter(hold=hold).update(at=end - timedelta(minutes=minutes))
    Hold.objects.filter(pk=hold.pk).update(created_at=end - timedelta(minutes=minutes), expires_at=end)
    return hold


@pytest.fixture
def seats_alone(limits):
    """Only the limits on a seat; buyers and IP addresses may have very many holds."""
    limits.HOLDS_PER_BUYER = limits.HOLDS_PER_ADDRESS = limits.HOLDS_PER_TOKEN = 1000
    limits.HOLD_MINUTES, limits.HOLD_MAX_MINUTES = 10, 30


@pytest.mark.usefixtures("seats_alone")
def test_a_seat_is_on_hold_for_one_buyer_as_long_as_one_hold_can_last(show):
    for _ in range(3):
        ended(holding(show, client_ip=""), minutes=10)

    with pytest.raises(SeatsKeptTooLong, match="Row A, seat 1 has been held") as refusal:
        holding(show, "A1 A2", client_ip="")

    assert timedelta(minutes=29) < refusal.value.wait <= timedelta(minutes=30)
    assert holding(show, "A2", client_ip="")


@pytest.mark.usefixtures("seats_alone")
def test_a_new_browser_at_the_address_does_not_prolong_it(show):
    for number in range(3):
        ended(holding(show, buyer=f"buyer {number}"), minutes=10)

    with pytest.raises(SeatsKeptTooLong):
        holding(show, buyer="a new cookie")

    assert holding(show, buyer="a new cookie", client_ip=CAFE)


@pytest.mark.usefixtures("seats_alone")
def test_an_account_of_a_program_does_not_prolong_it(show):
    for number in range(3):
        ended(ticket_of(booking(show, "A1", number, client_ip=CAFE)).hold, minutes=10)

    with pytest.raises(SeatsKeptTooLong):
        booking(show, "A1", 4, client_ip=HOME)


@pytest.mark.usefixtures("seats_alone")
def test_a_hold_lasts_only_for_what_is_left_of_the_time(show):
    ended(holding(show), minutes=25)

    again = holding(show)

    assert timedelta(minutes=4) < again.expires_at - again.created_at <= timedelta(minutes=5)
    with pytest.raises(HoldTimeLimitReached):
        extend_hold(code=again.code, buyer="asha")


@pytest.mark.usefixtures("seats_alone")
def test_of_several_seats_the_one_held_longest_counts_and_only_for_its_clients(show):
    ended(holding(show, buyer="ben", client_ip=CAFE), minutes=10)
    ended(holding(show, "A1"), minutes=20)
    ended(holding(show, "A2"), minutes=5)

    again = holding(show, "A1 A2")

    assert again.latest_at - again.created_at == timedelta(minutes=10)


@pytest.mark.usefixtures("seats_alone")
@pytest.mark.parametrize(("minutes", "is_refused"), [(28, False), (29, True)])
def test_a_seat_is_refused_once_less_than_a_fifth_of_a_hold_is_left(show, minutes, is_refused):
    ended(holding(show), minutes=minutes)

    with pytest.raises(SeatsKeptTooLong) if is_refused else nullcontext():
        holding(show)


@pytest.mark.usefixtures("seats_alone")
def test_a_hold_counts_until_its_end_whenever_that_is_noticed(show, limits):
    ended(holding(show), minutes=10, ago=15)

    again = holding(show)

    assert again.latest_at - again.created_at == timedelta(minutes=limits.HOLD_MAX_MINUTES - 10)


@pytest.mark.usefixtures("seats_alone")
def test_a_hold_that_takes_in_such_a_seat_lasts_no_longer_either(show):
    ended(holding(show), minutes=25)
    hold = holding(show, "A3")

    swapped = holding(show, "A1")

    assert swapped == hold
    swapped.refresh_from_db()
    assert swapped.expires_at - hold.created_at <= timedelta(minutes=6)
    assert swapped.latest_at == swapped.expires_at


@pytest.mark.usefixtures("seats_alone")
def test_after_the_pause_the_seat_can_be_had_again(show):
    for _ in range(3):
        ended(holding(show), minutes=10, ago=31)

    assert holding(show)


@pytest.mark.usefixtures("seats_alone")
def test_seats_that_were_released_early_count_for_their_time_only(show):
    for _ in range(5):
        release_hold(code=holding(show).code, buyer="asha")

    assert holding(show).expires_at


@pytest.mark.usefixtures("seats_alone")
def test_a_first_hold_does_not_read_the_ledger(show, django_assert_num_queries):
    holding(show, "A1")
    with CaptureQueriesContext(connection) as first:
        holding(show, "A3", buyer="ben")

    assert not any("cinema_seatevent" in query["sql"] and "SELECT" in query["sql"][:6] for query in first)
