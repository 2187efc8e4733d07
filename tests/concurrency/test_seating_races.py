"""Seating rules with several buyers at once: single seats, and the best seats left."""

from functools import partial

import pytest

from cinema.domain.seating.singles import strays
from cinema.exceptions import NoBlockLeft, StrandsSeats
from cinema.models import Show, ShowSeat, Theatre
from cinema.selectors.booking.places import places
from cinema.services.booking import holds, seating
from cinema.services.booking.holds import hold_best, hold_seats
from cinema.services.booking.seat_requests import BestSeats
from tests.concurrency.harness import Outcome, Step, interleave, race, unprotected
from tests.concurrency.invariants import wrongs
from tests.factories import ShowFactory, seat_ids

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    """Either pair at an end of row A leaves three seats between them; both leave one."""
    return ShowFactory(screen__plan="aaaaa\naaaaaaaa", screen__theatre__single_seats=Theatre.SingleSeats.REFUSE)


def holding(show: Show, names: str, buyer: str) -> Step:
    return partial(hold_seats, show_id=show.pk, seat_ids=seat_ids(show, names), buyer=buyer)


def finding(show: Show, party: int, buyer: str) -> Step:
    return partial(hold_best, show_id=show.pk, best=BestSeats(party), buyer=buyer)


def left_alone(show: Show) -> list[str]:
    """The single seats between taken seats, as if all seats had been taken at once."""
    hall = [place._replace(free=True) for place in places(show, buyer="")]
    taken = set(show.seats.exclude(status=ShowSeat.Status.AVAILABLE).values_list("pk", flat=True))
    return [f"{place.row}{place.number}" for place in strays(hall, taken)]


def both_ends(show: Show) -> tuple[Outcome, Outcome]:
    return interleave(holding(show, "A1 A2", "asha"), holding(show, "A4 A5", "bela"))


def test_two_buyers_together_cannot_leave_a_seat_alone_that_neither_would(show: Show):
    asha, bela = both_ends(show)
    assert asha.error is None
    assert isinstance(bela.error, StrandsSeats)
    assert left_alone(show) == []
    assert wrongs(show) == []


def test_of_many_at_the_ends_of_a_row_one_gets_them_and_others_get_an_offer(show: Show):
    wishes = ["A1 A2", "A4 A5"] * 4
    outcomes = race(*(holding(show, names, f"buyer {n}") for n, names in enumerate(wishes)))
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert all(outcome.error.choices for outcome in outcomes if isinstance(outcome.error, StrandsSeats))
    assert left_alone(show) == []
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_two_buyers_together_leave_a_seat_alone(show: Show):
    with unprotected():
        both_ends(show)
        assert left_alone(show) == ["A3"]


def test_judged_before_the_lock_two_buyers_together_leave_a_seat_alone(show: Show, monkeypatch):
    """The rows are locked, but the hall that the rule was checked on has changed."""
    before = places(show, buyer="")
    monkeypatch.setattr(seating, "places", lambda show, buyer, rows=None, own=(): before)
    asha, bela = both_ends(show)
    assert (asha.error, bela.error) == (None, None)
    assert left_alone(show) == ["A3"]


# --- The best that is left ---------------------------------------------------------------------


def test_best_seats_sell_out_the_hall_without_a_rejection_before(show: Show):
    show = ShowFactory(screen__plan="aaaa.aaaa\naaaa.aaaa\naaaa.aaaa", screen__theatre=show.screen.theatre)
    parties = [2, 1, 3, 2, 4, 2, 1, 3, 2, 4]
    outcomes = race(*(finding(show, party, f"buyer {n}") for n, party in enumerate(parties)))
    assert [outcome.error for outcome in outcomes] == [None] * len(parties)
    show.refresh_from_db()
    assert show.seats_free == 0
    assert [outcome.value[0].seats.count() for outcome in outcomes] == parties
    assert wrongs(show) == []


def test_only_requests_for_more_seats_than_are_left_are_rejected(show: Show):
    outcomes = race(*(finding(show, 2, f"buyer {n}") for n in range(8)))
    refused = [outcome.error for outcome in outcomes if outcome.error]
    assert [type(error) for error in refused] == [NoBlockLeft] * 2
    show.refresh_from_db()
    assert show.seats_free == 1
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_protection_the_same_seats_are_found_for_several(show: Show):
    with unprotected():
        outcomes = race(*(finding(show, 2, f"buyer {n}") for n in range(4)), patience=20)
        found = [place.pk for outcome in outcomes if not outcome.error for place in outcome.value[1]]
        assert len(set(found)) < len(found)
        assert wrongs(show)


def test_chosen_before_the_lock_buyers_are_refused_while_seats_are_left(show: Show, monkeypatch):
    before = places(show, buyer="")
    monkeypatch.setattr(holds, "choose_best", lambda **wish: before[:2])
    outcomes = race(*(finding(show, 2, f"buyer {n}") for n in range(4)))
    assert sum(outcome.refused for outcome in outcomes) == 3
