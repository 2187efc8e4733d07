"""Seats that are blocked or unblocked while buyers want them. For the twins see test_races.py."""

from functools import partial
from unittest import mock

import pytest

from cinema.exceptions import SeatsNotChangeable, SeatsUnavailable
from cinema.models import SeatBlock, Show, Ticket
from cinema.services.booking.blocks import apply_all_due_blocks, lift_block, release_house_seats
from cinema.services.booking.expiry import release_expired
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.rehousing import rehouse
from tests.concurrency.harness import Outcome, Step, interleave, race, unprotected
from tests.concurrency.invariants import wrongs
from tests.concurrency.test_races import active_lines, holding
from tests.factories import ShowFactory, held, lapsed, put_off_sale, seat, sold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__rows=1, screen__columns=8)


def blocking(show: Show, names: str, kind: str = "BROKEN", **more: object) -> Step:
    seats = [seat(show, name).seat_id for name in names.split()]
    more = {"kind": kind, "from_day": show.trading_day} | more
    return partial(put_off_sale, screen=show.screen, seat_ids=seats, **more)


def lifting(block: SeatBlock) -> Step:
    return partial(lift_block, block=block)


# --- Blocking a seat while it is being held ----------------------------------------------------


def test_a_held_seat_goes_off_sale_as_soon_as_it_is_released(show: Show):
    hold, block = interleave(holding(show, "A1", "asha"), blocking(show, "A1"))
    assert (hold.error, block.error) == (None, None)
    assert seat(show, "A1").status == "HELD"

    lapsed(hold.value)
    release_expired(show_id=show.pk)

    assert seat(show, "A1").status == "BLOCKED"
    assert wrongs(show) == []


def test_whoever_comes_first_a_seat_is_held_or_blocked_never_both(show: Show):
    outcomes = race(blocking(show, "A1 A2"), *(holding(show, "A1 A2", f"buyer {n}") for n in range(6)))
    assert outcomes[0].error is None
    assert all(outcome.error is None or isinstance(outcome.error, SeatsUnavailable) for outcome in outcomes)
    assert sum(outcome.error is None for outcome in outcomes[1:]) <= 1
    assert seat(show, "A1").status == seat(show, "A2").status
    assert wrongs(show) == []


def settled_against_hold(show: Show) -> tuple[Outcome, Outcome]:
    """The block is stored already, and is applied to the show while a buyer holds the seat."""
    with mock.patch("cinema.services.booking.blocks.apply_due_blocks"):
        blocking(show, "A1")()
    return interleave(apply_all_due_blocks, holding(show, "A1", "asha"))


def test_a_seat_that_is_being_blocked_is_not_sold(show: Show):
    _, hold = settled_against_hold(show)
    assert isinstance(hold.error, SeatsUnavailable)
    assert seat(show, "A1").status == "BLOCKED"
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_a_seat_is_held_and_blocked(show: Show):
    with unprotected():
        _, hold = settled_against_hold(show)
        assert hold.error is None
        assert wrongs(show)


def test_the_same_block_made_eight_times_at_once_is_one(show: Show):
    step = blocking(show, "A1 A2")
    outcomes = race(*[step] * 8)
    assert [outcome.error for outcome in outcomes] == [None] * 8
    assert SeatBlock.objects.count() == 1
    assert wrongs(show) == []


def test_an_expired_hold_of_a_broken_seat_is_not_resold(show: Show):
    lapsed(held(show, "A1", "asha"))
    race(blocking(show, "A1"), *(holding(show, "A1", f"buyer {n}") for n in range(4)))
    release_expired(show_id=show.pk)
    assert seat(show, "A1").status in ("BLOCKED", "HELD")
    assert wrongs(show) == []


# --- Lifting a block while its seats are wanted ------------------------------------------------


def test_a_seat_put_on_sale_goes_to_at_most_one_buyer(show: Show):
    block = blocking(show, "A1")()
    outcomes = race(lifting(block), *(holding(show, "A1", f"buyer {n}") for n in range(6)))
    assert outcomes[0].error is None
    winners = sum(outcome.error is None for outcome in outcomes[1:])
    assert winners <= 1
    assert seat(show, "A1").status == ("HELD" if winners else "AVAILABLE")
    assert wrongs(show) == []


def test_one_block_lifted_while_another_is_made_the_seat_stays_off_sale(show: Show):
    block = blocking(show, "A1")()
    outcomes = race(lifting(block), blocking(show, "A1", "HOUSE"))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert seat(show, "A1").status == "BLOCKED"
    assert wrongs(show) == []


def test_house_seats_released_by_several_at_once_are_released_once(show: Show):
    block = blocking(show, "A1 A2", "HOUSE")()
    outcomes = race(*[partial(release_house_seats, block=block, show_id=show.pk)] * 4)
    assert sorted(outcome.value for outcome in outcomes) == [0, 0, 0, 2]
    assert wrongs(show) == []


# --- Moving the owner of a broken seat ---------------------------------------------------------


def moving(ticket: Ticket) -> Step:
    return partial(rehouse, code=ticket.code)


@pytest.mark.parametrize("move_first", [True, False])
def test_one_click_against_the_buyers_own_cancellation(show: Show, move_first: bool):
    ticket = sold(show, "A1 A2", "asha")
    blocking(show, "A1")()
    steps = [moving(ticket), partial(cancel_ticket, code=ticket.code)]
    outcomes = interleave(*(steps if move_first else reversed(steps)))
    move, cancellation = outcomes if move_first else reversed(outcomes)
    assert cancellation.error is None
    assert move.error is None if move_first else isinstance(move.error, SeatsNotChangeable)
    assert active_lines(show) == 0
    assert seat(show, "A1").status == "BLOCKED"
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_a_cancelled_ticket_has_seats_again(show: Show):
    ticket = sold(show, "A1", "asha")
    blocking(show, "A1")()
    with unprotected():
        interleave(partial(cancel_ticket, code=ticket.code), moving(ticket))
        assert wrongs(show)


def test_two_simultaneous_clicks_of_colleagues_move_once(show: Show):
    ticket = sold(show, "A1 A2", "asha")
    blocking(show, "A1")()
    outcomes = race(*[moving(ticket)] * 4)
    assert [outcome.error for outcome in outcomes] == [None] * 4
    assert seat(show, "A1").status == "BLOCKED"
    assert active_lines(show) == 2
    assert wrongs(show) == []


def test_a_move_and_holds_of_the_seats_it_goes_to(show: Show):
    ticket = sold(show, "A1 A2", "asha")
    blocking(show, "A1")()
    outcomes = race(moving(ticket), *(holding(show, f"A{n}", f"buyer {n}") for n in range(1, 7)))
    assert outcomes[0].error is None
    assert isinstance(outcomes[1].error, SeatsUnavailable)
    assert wrongs(show) == []
