"""Deleting unused seats of a past show against other changes. For the twins see test_races.py."""

from decimal import Decimal
from functools import partial

import pytest

from cinema.models import Show
from cinema.services.orders.orders import give_goodwill
from cinema.services.orders.staff_actions import RequestedAction
from cinema.services.schedule.archiving import KEPT_FOR, drop_unsold_seats_of
from tests.concurrency.harness import Step, interleave, without_locks
from tests.concurrency.invariants import wrongs
from tests.factories import BOX_OFFICE, ShowFactory, sold, staff, starting_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show() -> Show:
    show = ShowFactory(screen__plan="aaaaa")
    sold(show, "A1 A2")
    return starting_in(show, -2 * KEPT_FOR)


def dropping(show: Show) -> Step:
    return partial(drop_unsold_seats_of, show_id=show.pk)


def test_two_runs_of_the_jobs_count_the_seats_once(show: Show):
    one, two = interleave(dropping(show), dropping(show))
    assert {one.value, two.value} == {True, False}
    assert wrongs(show) == []


@pytest.mark.nightly
def test_without_locks_the_second_counts_none(show: Show):
    with without_locks():
        interleave(dropping(show), dropping(show))
        assert wrongs(show)


@pytest.mark.parametrize("dropped_first", [True, False])
def test_a_refund_made_meanwhile_is_counted(show: Show, dropped_first: bool):
    requested = RequestedAction(staff(show.screen.theatre, BOX_OFFICE), "it was cold", 0, "once")
    steps = [
        dropping(show),
        partial(give_goodwill, code=show.tickets.get().code, amount=Decimal(100), requested=requested),
    ]
    outcomes = interleave(*(steps if dropped_first else reversed(steps)))
    assert not any(outcome.error for outcome in outcomes)
    show.refresh_from_db()
    assert (show.revenue, show.seats_dropped) == (400, 3)
    assert wrongs(show) == []
