"""Scans that a phone made without a network, recorded once it is back.

Whoever was let in is inside: such an admission is never refused. If it should not have been, because another door
admitted the same seats or the ticket had been cancelled, it is recorded as a conflict, which managers see.
"""

import hmac
from base64 import b64decode
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from cinema.domain.door_lists import fingerprint
from cinema.models import CheckIn, Ticket
from cinema.models.annotated import TicketSeatAtDoor
from cinema.services.core.locking import lock_ticket_at_door
from cinema.services.core.transactions import atomically
from cinema.services.door.check_ins import (
    UNDO_WITHIN,
    Direction,
    Door,
    Outcome,
    Verdict,
    latest,
    may_enter,
    move,
    refusal_of_ticket,
    take_back,
    write,
)

SLACK = timedelta(seconds=15)  # by which two corrected times of one phone may differ


class OfflineScan(NamedTuple):
    """A scan by a phone: its ``outcome`` there, and the ticket by the fingerprint and ``salt`` of its list, both in
    Base64, the keys of its seats and of its ``show`` then; all empty for a code that was not on the list. ``undoes`` is
    the key of the scan that the outcome UNDONE is about.

    ``scanned_at`` is by the phone's clock, which may be wrong.
    """

    key: str
    outcome: str
    scanned_at: datetime
    fingerprint: str = ""
    salt: str = ""
    seats: frozenset[int] = frozenset()
    show: int | None = None
    undoes: str = ""

    @property
    def direction(self) -> str:
        return Direction.OUT if self.outcome in (Outcome.LEFT, Outcome.NOT_INSIDE) else Direction.IN


def merge(*, door: Door, scans: Collection[OfflineScan], sent_at: datetime) -> list[CheckIn]:
    """Record the scans, each in a transaction of its own. Safe to repeat.

    ``sent_at`` is the time when the phone sent them by its own clock: by how much that is wrong, their times are
    corrected.
    """
    wrong = timezone.now() - sent_at
    return [_merge(door, scan, _corrected(scan.scanned_at, wrong)) for scan in scans]


def _corrected(moment: datetime, wrong: timedelta) -> datetime:
    """The time of a scan by the server's clock, not in the future."""
    now = timezone.now()
    try:
        return min(moment + wrong, now)
    except OverflowError:
        return now


def _merge(door: Door, scan: OfflineScan, at: datetime) -> CheckIn:
    ticket = _ticket_of(door, scan)
    try:
        return _record(door=door, scan=scan, at=at, ticket=ticket)
    except IntegrityError:  # it is recorded in another transaction
        first = CheckIn.objects.filter(theatre=door.theatre, key=scan.key).first()
        if first is None:
            raise
        return first


def _ticket_of(door: Door, scan: OfflineScan) -> Ticket | None:
    """The ticket whose code has the fingerprint. Only somebody who has the code knows the keys of its seats."""
    found = Ticket.objects.filter(seats__in=scan.seats, show__screen__theatre=door.theatre).distinct()[:2]
    for ticket in found:
        try:
            mark, salt = b64decode(scan.fingerprint, validate=True), b64decode(scan.salt, validate=True)
        except ValueError:
            return None
        if hmac.compare_digest(mark, fingerprint(ticket.code, salt)):
            return ticket
    return None


@atomically
def _record(*, door: Door, scan: OfflineScan, at: datetime, ticket: Ticket | None) -> CheckIn:
    now = timezone.now()
    if ticket is None:
        outcome = Outcome.UNREADABLE if scan.outcome == Outcome.UNREADABLE else Outcome.UNKNOWN
        if same := CheckIn.objects.filter(theatre=door.theatre, key=scan.key).first():
            return same
        return write(door=door, key=scan.key, verdict=Verdict(outcome), scanned_at=at, received_at=now, offline=True)
    lines, key = lock_ticket_at_door(key=scan.key, which=Q(ticket=ticket)), scan.key
    if lines[0].repeated:
        first = CheckIn.objects.get(pk=lines[0].repeated)
        if scan.outcome != Outcome.ADMITTED or first.outcome in (Outcome.ADMITTED, Outcome.CONFLICT):
            return first
        key = f"{scan.key}+"  # its request arrived and was refused, but the answer did not, and the phone let them in
        if same := CheckIn.objects.filter(theatre=door.theatre, key=key).first():
            return same
    wanted = [line for line in lines if line.pk in scan.seats]
    if scan.outcome == Outcome.UNDONE:
        return _undo(door, scan, at, wanted)
    verdict = _judge(door, scan, wanted)
    check = write(door=door, key=key, verdict=verdict, direction=scan.direction, **_facts(at, lines))
    if verdict.outcome == Outcome.LEFT:
        move(check=check, lines=verdict.lines)
    if scan.outcome == Outcome.ADMITTED:
        here = lines[0].ticket.show_id == scan.show or scan.show is None
        coming = [line for line in wanted if line.active and here and may_enter(line=line, theatre=door.theatre)]
        if coming:
            move(check=check, lines=coming)
    return check


def _facts(at: datetime, lines: Collection[TicketSeatAtDoor]) -> dict[str, Any]:
    """The fields of the record of a scan at that time, of a ticket with these locked seats."""
    first = next(iter(lines))
    return {"ticket": first.ticket, "scanned_at": at, "received_at": first.now, "offline": True}


def _undo(door: Door, scan: OfflineScan, at: datetime, wanted: Collection[TicketSeatAtDoor]) -> CheckIn:
    """Undo an earlier scan of the phone for those seats that nobody has moved since; too late, for none."""
    same_scan = [scan.undoes, f"{scan.undoes}+"]
    ticket = next(iter(wanted)).ticket
    done = CheckIn.objects.filter(theatre=door.theatre, ticket=ticket, key__in=same_scan).order_by("-pk").first()
    in_time = done is not None and at - done.scanned_at <= UNDO_WITHIN + SLACK
    by_it = [line for line in wanted if done and in_time and line.check_in_id == done.pk]
    verdict = Verdict(Outcome.UNDONE, by_it, done.pk if done else None)
    direction = done.direction if done else Direction.IN
    check = write(door=door, key=scan.key, verdict=verdict, direction=direction, **_facts(at, wanted))
    if done and by_it:
        take_back(check=check, done=done, lines=by_it)
    return check


def _judge(door: Door, scan: OfflineScan, wanted: Collection[TicketSeatAtDoor]) -> Verdict:
    lines = list(wanted)
    if scan.outcome == Outcome.LEFT:
        leaving = [line for line in lines if line.inside]
        return Verdict(Outcome.LEFT, leaving) if leaving else Verdict(Outcome.NOT_INSIDE, lines)
    if scan.outcome != Outcome.ADMITTED:
        return Verdict(scan.outcome, lines)
    ticket = lines[0].ticket
    refused = refusal_of_ticket(ticket=ticket, theatre=door.theatre) or scan.show not in (None, ticket.show_id)
    free = [line for line in lines if line.active and may_enter(line=line, theatre=door.theatre)]
    if refused or len(free) < len(lines):
        return Verdict(Outcome.CONFLICT, lines, latest(lines=lines))
    return Verdict(Outcome.ADMITTED, lines)
