"""A ticket admits each of its seats once, at however many doors it is scanned at the same moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from unittest import mock

import pytest

from cinema.exceptions import TicketAdmitted
from cinema.models import CheckIn, Show, Ticket, TicketSeat
from cinema.services.door import check_ins
from cinema.services.door.check_ins import Door, Scan
from cinema.services.orders.cancellations import cancel_seats, cancel_ticket
from tests.concurrency.harness import interleave, race, without_locks
from tests.factories import ShowFactory, at_the_door, seat_ids, sold, staff
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db(transaction=True)

DOORS = 50


@pytest.fixture(autouse=True)
def afterwards() -> Iterator[None]:
    """Take the check-ins away, which the database lets nobody delete."""
    yield
    TicketSeat.objects.update(inside=False, check_in=None)
    with alterable_trail():
        CheckIn.objects.all()._raw_delete("default")


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__plan="aaa")


@pytest.fixture
def ticket(show: Show) -> Ticket:
    ticket = sold(show, "A1 A2")
    at_the_door(show)
    return ticket


@pytest.fixture
def scan(ticket: Ticket) -> Callable[[int], CheckIn]:
    """Scan the ticket at a door of this number."""
    door = Door(ticket.show.screen.theatre, staff(ticket.show.screen.theatre, "USHER"))

    def scan(number: int, key: str = "") -> CheckIn:
        at = door._replace(device=f"Door {number}")
        return check_ins.check_in(door=at, scan=Scan(ticket.code, key or f"scan at door {number}"))

    return scan


@contextmanager
def without_second_look() -> Iterator[None]:
    """Let a seat be moved whatever became of it since it was read."""
    with mock.patch.object(check_ins, "_unless", lambda rows, inside: rows):
        yield


def admissions() -> int:
    return CheckIn.objects.filter(outcome="ADMITTED").count()


def test_fifty_doors_at_once_admit_a_ticket_once(scan, ticket):
    outcomes = race(*(partial(scan, number) for number in range(DOORS)))

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert admissions() == 1
    assert CheckIn.objects.filter(outcome="ALREADY").count() == DOORS - 1
    assert ticket.seats.filter(inside=True, check_in__outcome="ADMITTED").count() == 2


@pytest.mark.nightly
def test_without_protection_a_ticket_is_admitted_twice(scan):
    with without_locks(), without_second_look():
        race(*(partial(scan, number) for number in range(4)), patience=20)
        assert admissions() > 1


@pytest.mark.nightly
@pytest.mark.only("postgresql")  # on SQLite without transactions, the record of the scan is not taken back
def test_even_without_locks_a_ticket_is_admitted_once(scan):
    with without_locks():
        outcomes = race(*(partial(scan, number) for number in range(4)), patience=20)
        assert admissions() == 1
    assert sum(outcome.refused for outcome in outcomes) == 3


def test_one_scan_that_is_sent_ten_times_at_once_is_one_scan(scan, ticket):
    outcomes = race(*(partial(scan, 1, key="the key of one scan") for _ in range(10)))

    assert {outcome.value for outcome in outcomes} == {CheckIn.objects.get()}
    assert ticket.seats.filter(inside=True).count() == 2


def test_a_ticket_that_is_cancelled_while_it_is_scanned_is_either(scan, ticket):
    Ticket.objects.update(cancel_cutoff=0)
    scanned, cancelled = race(partial(scan, 1), partial(cancel_ticket, code=ticket.code))
    assert scanned.error is None
    assert (scanned.value.outcome, type(cancelled.error)) in [("ADMITTED", TicketAdmitted), ("REFUNDED", type(None))]


def test_a_ticket_cannot_be_cancelled_while_its_scan_is_being_written(scan, ticket):
    Ticket.objects.update(cancel_cutoff=0)
    scanned, cancelled = interleave(partial(scan, 1), partial(cancel_ticket, code=ticket.code))
    assert (scanned.value.outcome, type(cancelled.error)) == ("ADMITTED", TicketAdmitted)


@pytest.mark.nightly
def test_without_locks_a_ticket_is_admitted_and_cancelled(scan, ticket):
    Ticket.objects.update(cancel_cutoff=0)
    with without_locks():
        scanned, cancelled = interleave(partial(scan, 1), partial(cancel_ticket, code=ticket.code), patience=20)
    assert (scanned.value.outcome, cancelled.error) == ("ADMITTED", None)


@pytest.fixture
def leaving(show: Show, ticket: Ticket) -> Callable[[], Ticket]:
    """The buyer cancels one of the two seats."""
    Ticket.objects.update(cancel_cutoff=0)
    return partial(cancel_seats, code=ticket.code, seat_ids=seat_ids(show, "A1"), seen=Decimal(250))


@pytest.mark.parametrize("scan_first", [True, False])
def test_a_seat_cancelled_while_its_ticket_is_scanned_is_cancelled_or_admitted(scan, ticket, leaving, scan_first: bool):
    steps = [partial(scan, 1), leaving]
    outcomes = interleave(*steps) if scan_first else tuple(reversed(interleave(*reversed(steps))))

    scanned, left = outcomes
    assert (scanned.error, scanned.value.outcome) == (None, "ADMITTED")
    assert type(left.error) is (TicketAdmitted if scan_first else type(None))
    assert ticket.seats.filter(inside=True).count() == (2 if scan_first else 1)
    assert not ticket.seats.filter(inside=True, active=False).exists()


@pytest.mark.nightly
def test_without_locks_a_seat_is_admitted_and_cancelled(scan, ticket, leaving):
    with without_locks():
        interleave(partial(scan, 1), leaving, patience=20)
    assert ticket.seats.filter(inside=True, active=False).exists()
