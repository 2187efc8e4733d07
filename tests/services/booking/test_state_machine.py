"""Buyers, clocks and gateways in any order: after every step the ledger explains every seat, the stored state is
what a naive model of the rules says, and no money is lost.

    STATE_MACHINE=2000 .venv/bin/pytest --timeout 0 tests/services/booking/test_state_machine.py  # many more, at random
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cinema.models import Show, ShowSeat, Theatre, TicketSeat
from cinema.services.core.statements import Write
from tests.factories import ShowFactory
from tests.services.booking_machine import Bookings

EXAMPLES = int(os.environ.get("STATE_MACHINE", 0))
PROFILE = settings(
    derandomize=not EXAMPLES,
    max_examples=EXAMPLES or 8,
    stateful_step_count=30,
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
# To see whether a fault is noticed at all; making its example small is not worth the time.
NOTICE = settings(PROFILE, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)

WORTH_SEEING = {
    "seats were held",
    "a hold was changed",
    "a hold ran out",
    "paid in time",
    "paid too late but still booked",
    "a report was repeated",
    "money came back: the seats were gone",
    "a ticket was cancelled",
    "a ticket was moved",
}

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(autouse=True)
def nobody_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """No hold limits, since the same few buyers hold and release all the time."""
    monkeypatch.setattr("django.conf.settings.HOLDS_PER_BUYER", 0)
    monkeypatch.setattr("cinema.services.booking.order_payments.MOST_PAYMENTS", 1_000)


def make_show() -> Show:
    """A small show with two prices; its refunds on cancellation need rounding."""
    return ShowFactory(screen__plan="aa\nbb", screen__theatre__refund_percent=33, price=Decimal("249.99"))


@pytest.mark.mainly("postgresql")
def test_no_order_of_steps_leaves_a_seat_unexplained_or_money_unaccounted_for():
    show, seen = make_show(), Counter()

    run_state_machine_as_test(lambda: Bookings(show, seen), settings=PROFILE)

    assert set(seen) >= WORTH_SEEING


@pytest.mark.nightly
@pytest.mark.mainly("postgresql")
@pytest.mark.parametrize(
    "sabotage",
    [
        lambda patch: patch.setattr(Write, "run", forgetful(Write.run)),
        lambda patch: [
            patch.setattr("cinema.services.booking.holds.guard", lambda **choice: None),
            patch.setattr("cinema.services.booking.holds._check_free", lambda *seats_and_buyer: None),
        ],
        lambda patch: patch.setattr("cinema.selectors.booking.tariffs.prices_of", a_rupee_each),
        lambda patch: patch.setattr(TicketSeat.objects, "bulk_update", lambda lines, fields: None),
    ],
    ids=["an event is not written", "a taken seat is given away", "a wrong amount is charged", "a move is half done"],
)
def test_the_check_above_notices_when(sabotage, monkeypatch):
    show = make_show()
    sabotage(monkeypatch)

    with pytest.raises((AssertionError, KeyError, ValueError)):
        run_state_machine_as_test(lambda: Bookings(show, Counter()), settings=NOTICE)


def a_rupee_each(seats: Iterable[ShowSeat], theatre: Theatre, amounts: object) -> dict[int, Decimal]:
    return {seat.pk: Decimal(1) for seat in seats}


def forgetful(run: Callable) -> Callable:
    """Write all ledger rows of a step but the last."""

    def forget(write: Write, rows: dict[str, list], **values: object) -> None:
        run(write, rows | {"event": rows["event"][:-1]} if "event" in rows else rows, **values)

    return forget
