"""Admit people by their tickets, each seat once; record every scan, also a refused one.

A scan locks its ticket and the ticket's seats, judges it, and writes a CheckIn; the seats that it admits then point to
it. So any number of scans of one ticket at the same time admit each seat once, and each of them gets an answer.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.door import code_in, is_link
from cinema.exceptions import (
    AdmittedMeanwhile,
    NoReentry,
    NothingToUndo,
    ScanKeyReused,
    UndoTooLate,
    UnknownTicketSeats,
)
from cinema.models import CheckIn, Show, Theatre, Ticket, TicketSeat, User
from cinema.models.annotated import TicketSeatAtDoor
from cinema.models.codes import reference_in
from cinema.services.core.locking import lock_ticket_at_door
from cinema.services.core.transactions import atomically

UNDO_WITHIN = timedelta(minutes=1)

Outcome, Direction = CheckIn.Outcome, CheckIn.Direction
Lines = Sequence[TicketSeatAtDoor]


class Door(NamedTuple):
    """A door: its theatre, the user who admits, the device, and the shows (keys); None: all shows of today."""

    theatre: Theatre
    user: User
    device: str = ""
    show_ids: frozenset[int] | None = None


class Scan(NamedTuple):
    """What was scanned or typed: a link with a code, a code, or a reference.

    ``key`` is the same for a repetition of the scan. ``seats`` (keys of TicketSeat) are those who are there; None: all.
    A ``reason`` makes it the decision of a supervisor, who may admit at a wrong time or again.
    """

    text: str
    key: str
    direction: str = Direction.IN
    seats: frozenset[int] | None = None
    reason: str = ""


class Verdict(NamedTuple):
    """What becomes of a scan: for which seats, and which earlier scan (its key) it refers to."""

    outcome: str
    lines: Lines = ()
    earlier_id: int | None = None


def check_in(*, door: Door, scan: Scan) -> CheckIn:
    """Judge a scan, admit its seats or let them leave, and record it. A repetition returns the first record.

    Raises NoReentry, UnknownTicketSeats, AdmittedMeanwhile, ScanKeyReused.
    """
    if scan.direction == Direction.OUT and not door.theatre.reentry:
        raise NoReentry
    try:
        return _check_in(door=door, scan=scan)
    except IntegrityError:  # the same scan is recorded in another transaction
        if (first := CheckIn.objects.filter(theatre=door.theatre, key=scan.key).first()) is None:
            raise
        which = ticket_in(text=scan.text)
        return _same(
            first, TicketSeat.objects.filter(which).values_list("ticket", flat=True).first() if which else None
        )


def _same(first: CheckIn, ticket_id: int | None) -> CheckIn:
    """The record of a scan that is repeated for this ticket."""
    if first.ticket_id != ticket_id:
        raise ScanKeyReused
    return first


@atomically
def _check_in(*, door: Door, scan: Scan) -> CheckIn:
    which = ticket_in(text=scan.text)
    lines = lock_ticket_at_door(key=scan.key, which=which) if which else []
    if lines and lines[0].repeated:
        return _same(CheckIn.objects.get(pk=lines[0].repeated), lines[0].ticket_id)
    if not lines:
        outcome = Outcome.UNKNOWN if which else Outcome.UNREADABLE
        return write(door=door, key=scan.key, verdict=Verdict(outcome), direction=scan.direction)
    verdict = _judge(door, scan, lines)
    check = write(
        door=door, key=scan.key, verdict=verdict, ticket=lines[0].ticket, direction=scan.direction, reason=scan.reason
    )
    if verdict.outcome in (Outcome.ADMITTED, Outcome.LEFT):
        move(check=check, lines=verdict.lines, by_hand=bool(scan.reason))
    check.lines = lines
    return check


def ticket_in(*, text: str) -> Q | None:
    """A condition for the seats of the ticket whose code or reference is in ``text``; None if there is neither."""
    if code := code_in(text):
        return Q(ticket__code=code)
    reference = "" if is_link(text) else reference_in(text)
    return Q(ticket__reference=reference) if reference else None


def _judge(door: Door, scan: Scan, lines: Lines) -> Verdict:
    by_hand = bool(scan.reason)
    if outcome := refusal_of_ticket(ticket=lines[0].ticket, theatre=door.theatre):
        return Verdict(outcome, lines)
    here = [line for line in lines if line.active]
    if not by_hand and (outcome := _refusal_of_show(door, lines[0].ticket.show, lines[0].now)):
        return Verdict(outcome, here)
    wanted = _wanted(here, scan.seats)
    if scan.direction == Direction.OUT:
        leaving = [line for line in wanted if line.inside]
        return Verdict(Outcome.LEFT if leaving else Outcome.NOT_INSIDE, leaving or wanted)
    coming = wanted if by_hand else [line for line in wanted if may_enter(line=line, theatre=door.theatre)]
    if not coming:
        return Verdict(Outcome.ALREADY, wanted, latest(lines=wanted))
    again = [line for line in coming if line.inside]  # by hand only
    return Verdict(Outcome.ADMITTED, coming, latest(lines=again))


def may_enter(*, line: TicketSeat, theatre: Theatre) -> bool:
    """Whether nobody was admitted to the seat yet, or somebody who has left and may come back."""
    return line.check_in_id is None or (theatre.reentry and not line.inside)


def latest(*, lines: Collection[TicketSeat]) -> int | None:
    """The key of the last scan that moved one of the seats."""
    return max((line.check_in_id for line in lines if line.check_in_id), default=None)


def refusal_of_ticket(*, ticket: Ticket, theatre: Theatre) -> str:
    """Why the ticket admits nobody here, whoever decides; "" if it does."""
    if ticket.show.screen.theatre_id != theatre.pk:
        return Outcome.WRONG_SHOW
    if ticket.show.status == Show.Status.CANCELLED:
        return Outcome.SHOW_CANCELLED
    if ticket.status == Ticket.Status.CANCELLED:
        return Outcome.REFUNDED if ticket.amount and not ticket.kept else Outcome.CANCELLED
    return "" if ticket.status == Ticket.Status.CONFIRMED else Outcome.NOT_PAID


def _refusal_of_show(door: Door, show: Show, now: datetime) -> str:
    """Why nobody is admitted to the show at this door now; "" if people are."""
    here = show.is_of_today(door.theatre, now) if door.show_ids is None else show.pk in door.show_ids
    if not here:
        return Outcome.WRONG_SHOW
    if now < show.starts_at - timedelta(minutes=door.theatre.doors):
        return Outcome.TOO_EARLY
    return Outcome.OVER if now >= show.film_ends_at else ""


def _wanted(lines: Lines, seats: frozenset[int] | None) -> Lines:
    wanted = [line for line in lines if seats is None or line.pk in seats]
    if not wanted or (seats is not None and len(wanted) < len(seats)):
        raise UnknownTicketSeats
    return wanted


def write(*, door: Door, key: str, verdict: Verdict, ticket: Ticket | None = None, **more: Any) -> CheckIn:
    """Record a scan; ``more`` are further fields. Its times are those of the database's clock unless given."""
    lines = list(verdict.lines)
    now = lines[0].now if lines else Now()
    fields = {
        "scanned_at": now,
        "received_at": now,
        "show": ticket.show if ticket else None,
        "seats": [line.pk for line in lines],
    }
    check = CheckIn(
        theatre=door.theatre,
        key=key,
        ticket=ticket,
        outcome=verdict.outcome,
        earlier_id=verdict.earlier_id,
        user=door.user,
        device=door.device,
        **fields | more,
    )
    check.save(force_insert=True)
    return check


def move(*, check: CheckIn, lines: Lines, by_hand: bool = False) -> None:
    """Let the locked seats in or out, as ``check`` records. Raises AdmittedMeanwhile if one has moved since."""
    inside = check.direction == Direction.IN
    rows = TicketSeat.objects.filter(pk__in=[line.pk for line in lines])
    moved = (rows if by_hand else _unless(rows, inside)).update(inside=inside, check_in=check)
    if moved < len(lines):
        raise AdmittedMeanwhile
    for line in lines:
        line.inside, line.check_in = inside, check


def _unless(rows: QuerySet[TicketSeat], inside: bool) -> QuerySet[TicketSeat]:
    """Only those seats that are not (or are) inside yet: a second safeguard, beside the lock."""
    return rows.filter(inside=not inside)


@atomically
def undo(*, door: Door, check_id: int, key: str, seats: frozenset[int] | None = None) -> CheckIn:
    """Undo a scan of the last minute for all its seats, or for some (keys of TicketSeat). A repetition does nothing.

    Raises CheckIn.DoesNotExist, NothingToUndo, UndoTooLate.
    """
    done = CheckIn.objects.select_related("ticket").get(pk=check_id, theatre=door.theatre)
    if done.ticket_id is None:
        raise NothingToUndo
    lines = lock_ticket_at_door(key=key, which=Q(ticket=done.ticket_id))
    if lines[0].repeated:
        return _same(CheckIn.objects.get(pk=lines[0].repeated), done.ticket_id)
    by_it = [line for line in lines if line.check_in_id == done.pk and (seats is None or line.pk in seats)]
    if not by_it or done.outcome not in (Outcome.ADMITTED, Outcome.LEFT):
        raise NothingToUndo
    if lines[0].now - done.received_at > UNDO_WITHIN:
        raise UndoTooLate
    verdict = Verdict(Outcome.UNDONE, by_it, done.pk)
    check = write(door=door, key=key, verdict=verdict, ticket=lines[0].ticket, direction=done.direction)
    take_back(check=check, done=done, lines=by_it)
    check.lines = lines
    return check


def take_back(*, check: CheckIn, done: CheckIn, lines: Lines) -> None:
    """Let the locked seats, which ``done`` was the last to move, be as before it, as ``check`` records."""
    last = done.earlier_id if done.outcome == Outcome.ADMITTED else None  # of those who were inside all the same
    last = check.pk if done.direction == Direction.OUT else last
    for line in lines:
        line.inside, line.check_in_id = last is not None, last
    TicketSeat.objects.filter(pk__in=[line.pk for line in lines]).update(inside=last is not None, check_in=last)
