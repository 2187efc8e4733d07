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


def reentry(door: Door) -> None:
    Theatre.objects.update(reentry=True)
    door.theatre.refresh_from_db()


def test_an_exit_without_a_network_lets_people_come_back(door, ticket):
    reentry(door)
    checks = merged(door, offline(ticket), offline(ticket, "LEFT"))
    assert [(check.outcome, check.direction) for check in checks] == [("ADMITTED", "IN"), ("LEFT", "OUT")]
    assert inside(ticket) == 0
    [back] = merged(door, offline(ticket))
    assert (back.outcome, inside(ticket)) == ("ADMITTED", 2)


def test_an_exit_of_somebody_who_was_not_inside_moves_nobody(door, ticket):
    [check] = merged(door, offline(ticket, "LEFT"))
    assert (check.outcome, check.direction, inside(ticket)) == ("NOT_INSIDE", "OUT", 0)


def test_an_undo_without_a_network_takes_its_scan_back(door, ticket):
    done = offline(ticket)
    checks = merged(door, done, offline(ticket, "UNDONE", undoes=done.key))
    assert [check.outcome for check in checks] == ["ADMITTED", "UNDONE"]
    assert (checks[1].earlier, checks[1].offline, inside(ticket)) == (checks[0], True, 0)
    assert check_in(door=door, scan=Scan(ticket.code, next(keys))).outcome == "ADMITTED"


def test_an_undo_of_an_exit_lets_people_be_inside_again(door, ticket):
    reentry(door)
    out = offline(ticket, "LEFT")
    merged(door, offline(ticket), out, offline(ticket, "UNDONE", undoes=out.key))
    assert inside(ticket) == 2


def test_an_undo_is_for_the_seats_that_nobody_has_moved_since(door, ticket):
    reentry(door)
    done, one = offline(ticket), ticket.seats.order_by("pk").values_list("pk", flat=True)[0]
    merged(door, done, offline(ticket, "LEFT", seats=frozenset([one])))
    [undone] = merged(door, offline(ticket, "UNDONE", undoes=done.key))
    assert undone.seats == [pk for pk in ticket.seats.values_list("pk", flat=True) if pk != one]
    assert inside(ticket) == 0


def test_what_is_undone_after_a_minute_or_of_no_known_scan_stays(door, ticket):
    done = offline(ticket, scanned_at=timezone.now() - timedelta(minutes=2))
    checks = merged(
        door, done, offline(ticket, "UNDONE", undoes=done.key), offline(ticket, "UNDONE", undoes="the key of no scan")
    )
    assert [check.outcome for check in checks] == ["ADMITTED", "UNDONE", "UNDONE"]
    assert [check.seats for check in checks[1:]] == [[], []]
    assert inside(ticket) == 2


def test_a_clock_that_is_an_hour_wrong_does_not_make_an_undo_too_late(door, ticket):
    fast = timezone.now() + timedelta(hours=1)
    done = offline(ticket, scanned_at=fast - timedelta(seconds=50))
    undone = offline(ticket, "UNDONE", undoes=done.key, scanned_at=fast)
    checks = merged(door, done, undone, sent_at=fast)
    assert inside(ticket) == 0
    assert all(abs(check.scanned_at - timezone.now()) < timedelta(minutes=5) for check in checks)


def test_an_undone_conflict_keeps_inside_whom_the_other_door_admitted(door, ticket):
    merged(door, offline(ticket))
    second = offline(ticket)
    conflict, _undone = merged(door, second, offline(ticket, "UNDONE", undoes=second.key))
    assert (conflict.outcome, inside(ticket)) == ("CONFLICT", 2)


def test_an_undo_that_is_sent_twice_undoes_once(door, ticket):
    done = offline(ticket)
    undone = offline(ticket, "UNDONE", undoes=done.key)
    assert merged(door, done, undone) == merged(door, done, undone)
    assert CheckIn.objects.count() == 2 and inside(ticket) == 0


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
