"""Moves to seats that others want, or from a ticket that is being cancelled. For the twins see test_races.py."""

from functools import partial

import pytest

from cinema.exceptions import NotCancellable, SeatsUnavailable
from cinema.models import Show, Theatre, Ticket
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.moves import change_seats
from tests.concurrency.harness import Outcome, Step, interleave, race, unprotected
from tests.concurrency.invariants import wrongs
from tests.concurrency.test_races import active_lines, holding
from tests.factories import ShowFactory, seat, seat_ids, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=1, screen__columns=8)


def moving(ticket: Ticket, names: str) -> Step:
    return partial(change_seats, code=ticket.code, seat_ids=seat_ids(ticket.show, names))


def seats_of(ticket: Ticket) -> str:
    lines = ticket.seats.order_by("show_seat").values_list("show_seat__seat__number", flat=True)
    return " ".join(f"A{number}" for number in lines)


# --- A move against a hold of the same seat ----------------------------------------------------


def move_against_hold(show: Show, *, move_first: bool) -> tuple[Ticket, Outcome, Outcome]:
    ticket = sold(show, "A1", "asha")
    steps = [moving(ticket, "A2"), holding(show, "A2", "bela")]
    outcomes = interleave(*(steps if move_first else reversed(steps)))
    move, hold = outcomes if move_first else reversed(outcomes)
    return ticket, move, hold


@pytest.mark.parametrize("move_first", [True, False])
def test_a_seat_goes_either_to_a_move_or_to_a_hold(show: Show, move_first: bool):
    ticket, move, hold = move_against_hold(show, move_first=move_first)
    loser = hold if move_first else move
    assert isinstance(loser.error, SeatsUnavailable)
    assert seats_of(ticket) == ("A2" if move_first else "A1")
    assert wrongs(show) == []


@pytest.mark.nightly
@pytest.mark.parametrize("move_first", [True, False])
def test_without_protection_a_seat_is_moved_to_and_held(show: Show, move_first: bool):
    with unprotected():
        _, move, hold = move_against_hold(show, move_first=move_first)
        assert (move.error, hold.error) == (None, None)
        assert wrongs(show)


# --- Two moves that cross ----------------------------------------------------------------------


def crossing(show: Show) -> list[Step]:
    """Asha comes from the left and Bela from the right; both name the middle seat first."""
    asha, bela = sold(show, "A1 A2", "asha"), sold(show, "A7 A8", "bela")
    return [moving(asha, "A4 A5"), moving(bela, "A5 A4")]


def test_of_two_moves_that_cross_one_gets_all_its_seats_and_the_other_stays(show: Show):
    outcomes = race(*crossing(show))
    assert [type(outcome.error) for outcome in outcomes if outcome.error] == [SeatsUnavailable]
    assert {seats_of(ticket) for ticket in Ticket.objects.all()} in ({"A4 A5", "A7 A8"}, {"A1 A2", "A4 A5"})
    assert active_lines(show) == 4
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_two_moves_that_cross_end_in_the_same_seats(show: Show):
    with unprotected():
        race(*crossing(show), patience=20)
        assert {seats_of(ticket) for ticket in Ticket.objects.all()} == {"A4 A5"}
        assert wrongs(show)


def test_two_tickets_that_want_each_others_seats_both_stay(show: Show):
    asha, bela = sold(show, "A1", "asha"), sold(show, "A2", "bela")
    outcomes = race(moving(asha, "A2"), moving(bela, "A1"))
    assert [type(outcome.error) for outcome in outcomes] == [SeatsUnavailable] * 2
    assert wrongs(show) == []


def test_the_same_move_eight_times_at_once_is_one_move(show: Show):
    ticket = sold(show, "A1 A2")
    show.refresh_from_db()
    before = show.revision
    outcomes = race(*[moving(ticket, "A2 A3")] * 8)
    assert [outcome.error for outcome in outcomes] == [None] * 8
    show.refresh_from_db()
    assert show.revision == before + 2  # out, in
    assert wrongs(show) == []


# --- A move against the cancellation of the ticket ---------------------------------------------


def move_against_cancellation(show: Show) -> tuple[Outcome, Outcome]:
    """Asha cancels in one tab and moves in another."""
    Theatre.objects.update(refund_percent=0)
    ticket = sold(show, "A1", "asha")
    return interleave(partial(cancel_ticket, code=ticket.code), moving(ticket, "A2"))


def test_a_ticket_that_is_being_cancelled_does_not_move(show: Show):
    cancellation, move = move_against_cancellation(show)
    assert cancellation.error is None
    assert move.refused
    assert (seat(show, "A1").status, seat(show, "A2").status) == ("AVAILABLE", "AVAILABLE")
    assert wrongs(show) == []


def test_whichever_comes_first_the_seats_are_accounted_for(show: Show):
    ticket = sold(show, "A1", "asha")
    outcomes = race(moving(ticket, "A2"), *[partial(cancel_ticket, code=ticket.code)] * 2, moving(ticket, "A3"))
    assert all(outcome.error is None or outcome.refused for outcome in outcomes)
    assert sum(isinstance(outcome.error, NotCancellable) for outcome in outcomes) == 1
    assert active_lines(show) == 0
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_a_cancelled_ticket_keeps_the_seat_it_moved_to(show: Show):
    with unprotected():
        move_against_cancellation(show)
        assert seat(show, "A2").status == "BOOKED"
        assert wrongs(show)
