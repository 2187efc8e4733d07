"""Scans that a phone made without a network: recorded once, at the right time, and conflicts are not hidden."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.utils import timezone

from cinema.domain.door_lists import fingerprint
from cinema.models import CheckIn, Show, Theatre, Ticket
from cinema.selectors.door.conflicts import conflicts_at
from cinema.services.door.check_ins import Door, Scan, check_in
from cinema.services.door.merging import OfflineScan, merge
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, at_the_door, sold, staff

pytestmark = pytest.mark.django_db

SALT = b"twelve bytes"
keys = (f"key of scan {number:06}" for number in count())


@pytest.fixture
def show() -> Show:
    return ShowFactory(screen__plan="aaaaaa")


@pytest.fixture
def door(show: Show) -> Door:
    return Door(show.screen.theatre, staff(show.screen.theatre, "USHER"), "Door 1")


@pytest.fixture
def ticket(show: Show) -> Ticket:
    ticket = sold(show, "A1 A2")
    at_the_door(show)
    return ticket


def offline(ticket: Ticket, outcome: str = "ADMITTED", **more: object) -> OfflineScan:
    mark, salt = (b64encode(each).decode() for each in (fingerprint(ticket.code, SALT), SALT))
    seats = frozenset(ticket.seats.values_list("pk", flat=True))
    fields = {"key": next(keys), "scanned_at": timezone.now(), "fingerprint": mark, "salt": salt, "seats": seats}
    return OfflineScan(outcome=outcome, **fields | more)


def merged(door: Door, *scans: OfflineScan, sent_at: datetime | None = None) -> list[CheckIn]:
    return merge(door=door, scans=scans, sent_at=sent_at or timezone.now())


def inside(ticket: Ticket) -> int:
    return ticket.seats.filter(inside=True).count()


def test_who_was_admitted_without_a_network_is_inside_afterwards(door, ticket):
    [check] = merged(door, offline(ticket))
    assert (check.outcome, check.offline, check.device, inside(ticket)) == ("ADMITTED", True, "Door 1", 2)
    assert check_in(door=door, scan=Scan(ticket.code, next(keys))).outcome == "ALREADY"


def test_scans_that_are_sent_twice_are_recorded_once(door, ticket):
    scan = offline(ticket)
    assert merged(door, scan) == merged(door, scan)
    assert CheckIn.objects.count() == 1


def test_two_phones_that_admitted_the_same_seats_are_a_conflict(door, ticket):
    [first] = merged(door, offline(ticket))
    [second] = merged(door._replace(device="Door 2"), offline(ticket))

    assert (second.outcome, second.earlier) == ("CONFLICT", first)
    assert conflicts_at(door.theatre) == [second]
    assert inside(ticket) == 2


def test_the_part_of_a_party_that_nobody_admitted_is_inside_after_a_conflict(door, ticket):
    one, two = ticket.seats.order_by("pk").values_list("pk", flat=True)
    merged(door, offline(ticket, seats=frozenset([one])))
    [second] = merged(door, offline(ticket))
    assert second.outcome == "CONFLICT" and sorted(second.seats) == [one, two]
    assert inside(ticket) == 2


def test_a_ticket_that_was_cancelled_meanwhile_is_a_conflict(door, ticket):
    Ticket.objects.update(cancel_cutoff=0)
    scan = offline(ticket)
    cancel_ticket(code=ticket.code)
    [check] = merged(door, scan)
    assert (check.outcome, inside(ticket)) == ("CONFLICT", 0)


def test_a_ticket_that_was_exchanged_meanwhile_is_a_conflict(door, ticket, show):
    other = ShowFactory(screen__theatre=show.screen.theatre)
    scan = offline(ticket)
    Ticket.objects.update(show=other)
    scan = scan._replace(show=show.pk)
    [check] = merged(door, scan)
    assert check.outcome == "CONFLICT"


def test_a_scan_whose_request_arrived_but_not_its_answer_is_the_same_scan(door, ticket):
    online = check_in(door=door, scan=Scan(ticket.code, "the key of one scan"))
    assert merged(door, offline(ticket, key="the key of one scan")) == [online]


def test_a_scan_that_was_refused_unheard_and_admitted_by_the_phone_is_a_conflict(door, ticket):
    merged(door, offline(ticket))
    check_in(door=door, scan=Scan(ticket.code, "the key of one scan"))  # already admitted, but nobody heard it
    scan = offline(ticket, key="the key of one scan")
    [check] = merged(door, scan)
    assert check.outcome == "CONFLICT"
    assert merged(door, scan) == [check]
    assert CheckIn.objects.count() == 3


@pytest.mark.parametrize("wrong", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=400)])
def test_the_clock_of_a_phone_may_be_wrong(door, ticket, wrong):
    right = timezone.now()
    scan = offline(ticket, scanned_at=right - timedelta(minutes=5) + wrong)
    [check] = merged(door, scan, sent_at=right + wrong)
    assert abs(check.scanned_at - (right - timedelta(minutes=5))) < timedelta(seconds=20)
    assert abs(check.received_at - right) < timedelta(seconds=20)


def test_a_scan_is_never_in_the_future(door, ticket):
    [check] = merged(door, offline(ticket, scanned_at=datetime(2099, 1, 1, tzinfo=UTC)))
    assert check.scanned_at <= timezone.now()
    [check] = merged(
        door, offline(ticket, scanned_at=datetime(2099, 1, 1, tzinfo=UTC)), sent_at=datetime.min.replace(tzinfo=UTC)
    )
    assert check.scanned_at <= timezone.now()


def test_refused_scans_are_recorded_too_and_admit_nobody(door, ticket):
    checks = merged(
        door,
        offline(ticket, "TOO_EARLY"),
        OfflineScan(next(keys), "UNKNOWN", timezone.now()),
        OfflineScan(next(keys), "UNREADABLE", timezone.now()),
    )
    assert [check.outcome for check in checks] == ["TOO_EARLY", "UNKNOWN", "UNREADABLE"]
    assert [check.ticket for check in checks] == [ticket, None, None]
    assert inside(ticket) == 0


@pytest.mark.parametrize(
    "change", [{"fingerprint": "AAAAAAAAAAAAAAAA"}, {"salt": "AAAA"}, {"fingerprint": "not base64"}]
)
def test_a_forged_scan_admits_nobody(door, ticket, change):
    [check] = merged(door, offline(ticket, **change))
    assert (check.outcome, check.ticket, inside(ticket)) == ("UNKNOWN", None, 0)


def test_a_ticket_of_another_theatre_is_not_admitted(ticket):
    other: Theatre = ShowFactory().screen.theatre
    [check] = merged(Door(other, staff(other, "USHER")), offline(ticket))
    assert (check.outcome, check.ticket, inside(ticket)) == ("UNKNOWN", None, 0)
