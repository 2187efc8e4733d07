"""Seats released while several parties wait, leave or buy. For the twins see test_races.py."""

from functools import partial

import pytest

from cinema.models import Hold, Show, ShowSeat, WaitingEntry
from cinema.services.booking.expiry import release_expired
from cinema.services.booking.waiting import leave_waiting_list, offer_everywhere, take_offer
from cinema.services.orders.cancellations import cancel_ticket
from tests.concurrency.harness import interleave, race, unprotected
from tests.concurrency.invariants import wrongs
from tests.concurrency.test_races import holding
from tests.factories import ShowFactory, held, lapsed, seat, sold, waiting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=1, screen__columns=2)


def statuses() -> list[str]:
    return list(WaitingEntry.objects.order_by("pk").values_list("status", flat=True))


def kept_for_who_has_left() -> int:
    return ShowSeat.objects.filter(hold__waiting__status=WaitingEntry.Status.LEFT).count()


# --- Two wait, one pair comes free -------------------------------------------------------------


def test_a_pair_that_comes_free_goes_to_the_first_of_two(show: Show):
    ticket = sold(show, "A1 A2")
    waiting(show, "wanda@example.org"), waiting(show, "xaver@example.org")
    expiry_job = partial(release_expired, show_id=show.pk)
    race(*[partial(cancel_ticket, code=ticket.code)] * 4, expiry_job, offer_everywhere, expiry_job, offer_everywhere)
    assert statuses() == ["OFFERED", "WAITING"]
    assert wrongs(show) == []


def leaving_against_a_cancellation(show: Show) -> None:
    """The first entry is leaving when two seats are released."""
    ticket = sold(show, "A1 A2")
    first, _ = waiting(show, "wanda@example.org"), waiting(show, "xaver@example.org")
    interleave(partial(leave_waiting_list, code=first.code), partial(cancel_ticket, code=ticket.code))


def test_the_pair_goes_to_the_second_when_the_first_leaves(show: Show):
    leaving_against_a_cancellation(show)
    assert statuses() == ["LEFT", "OFFERED"]
    assert kept_for_who_has_left() == 0
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_the_pair_is_held_for_an_entry_that_has_left(show: Show):
    with unprotected():
        leaving_against_a_cancellation(show)
        assert statuses() == ["LEFT", "WAITING"]
        assert kept_for_who_has_left() == 2


# --- Two who notice the same hold that ran out -------------------------------------------------


def two_jobs(show: Show) -> None:
    """Asha's hold has expired; two processes are about to offer her seats to Wanda."""
    hold = held(show, "A1 A2", "asha")
    waiting(show)
    lapsed(hold)
    interleave(*[partial(release_expired, show_id=show.pk)] * 2)


def test_seats_that_come_back_are_offered_once_however_many_notice(show: Show):
    two_jobs(show)
    assert statuses() == ["OFFERED"]
    assert Hold.objects.filter(status="ACTIVE").count() == 1
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_they_are_offered_twice(show: Show):
    with unprotected():
        two_jobs(show)
        assert wrongs(show)


def test_released_seats_go_to_the_waiting_list_and_not_to_other_buyers(show: Show):
    hold = held(show, "A1 A2", "asha")
    waiting(show)
    lapsed(hold)
    _, bela = interleave(partial(release_expired, show_id=show.pk), holding(show, "A1", "bela"))
    assert bela.refused
    assert seat(show, "A1").hold == WaitingEntry.objects.get().hold
    assert wrongs(show) == []


# --- Taking an offer ---------------------------------------------------------------------------


def test_an_offer_taken_in_two_browsers_at_once_is_one_hold(show: Show):
    ticket = sold(show, "A1 A2")
    entry = waiting(show)
    cancel_ticket(code=ticket.code)
    outcomes = race(*(partial(take_offer, code=entry.code, buyer=name) for name in ("desk", "phone", "desk")))
    assert [outcome.error for outcome in outcomes] == [None] * 3
    assert Hold.objects.get(status="ACTIVE").buyer in ("desk", "phone")
    assert wrongs(show) == []


def test_an_offer_taken_at_its_end_is_taken_whole_or_not_at_all(show: Show):
    ticket = sold(show, "A1 A2")
    entry = waiting(show)
    cancel_ticket(code=ticket.code)
    entry.refresh_from_db()
    lapsed(entry.hold)
    race(
        partial(take_offer, code=entry.code, buyer="wanda"),
        partial(release_expired, show_id=show.pk),
        holding(show, "A2", "bela"),
    )
    assert statuses() == ["OVER"]
    assert wrongs(show) == []
