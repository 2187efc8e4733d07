"""Every change of a seat's status, written together with the seat ledger. No other module changes a status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Case, F, Value, When

from cinema.models import Hold, SeatEvent, Show, ShowSeat, Ticket, TicketSeat, User
from cinema.observability.metrics import seats_changed
from cinema.selectors.booking.blocks import off_sale
from cinema.selectors.booking.tariffs import prices_now
from cinema.services.booking import sql
from cinema.services.core.transactions import after_commit

Action = SeatEvent.Action
Actor = SeatEvent.Actor
Status = ShowSeat.Status

NOTHING = Decimal(0)
COUNTED = ["revision", "seats_free", "seats_total", "admissions", "revenue", "owed"]  # counters on Show
BATCH = 2_000  # ledger rows per INSERT, or fewer where the database allows fewer
PLACED_AT_ONCE = 100  # seats per UPDATE
CHANNEL = "cinema_seats"  # PostgreSQL channel: a commit that changes seats sends the show's key

# For each action, the statuses it starts from and the one it leads to.
MOVES: dict[str, tuple[frozenset[str], str]] = {
    Action.HOLD: (frozenset({Status.AVAILABLE}), Status.HELD),
    Action.RELEASE: (frozenset({Status.HELD}), Status.AVAILABLE),
    Action.EXPIRE: (frozenset({Status.HELD}), Status.AVAILABLE),
    Action.BOOK: (frozenset({Status.HELD, Status.AVAILABLE}), Status.BOOKED),
    Action.CANCEL: (frozenset({Status.BOOKED}), Status.AVAILABLE),
    Action.MOVE_OUT: (frozenset({Status.BOOKED}), Status.AVAILABLE),
    Action.MOVE_IN: (frozenset({Status.AVAILABLE}), Status.BOOKED),
    Action.BLOCK: (frozenset({Status.AVAILABLE}), Status.BLOCKED),
    Action.UNBLOCK: (frozenset({Status.BLOCKED}), Status.AVAILABLE),
    Action.ADD: (frozenset({Status.REMOVED}), Status.AVAILABLE),
    Action.REMOVE: (frozenset({Status.AVAILABLE, Status.BLOCKED}), Status.REMOVED),
    Action.REPRICE: (frozenset({Status.AVAILABLE}), Status.AVAILABLE),  # one row stands for all available seats
}


class Author(NamedTuple):
    """The author of a change of seats, and the reason."""

    actor: Actor
    user: User | None = None
    reason: str = ""


BUYER = Author(Actor.BUYER)


class Transition(NamedTuple):
    """A status change: the action, its time and its author.

    ``hold`` is the hold of seats being held, which is written with them if it is new; for other actions each seat's own
    hold is recorded. ``revenue`` is the change of the show's revenue, negative for a refund.
    """

    action: Action
    at: datetime
    by: Author
    hold: Hold | None = None
    ticket: Ticket | None = None
    revenue: Decimal = NOTHING


def transition_seats(*, show: Show, seats: Sequence[ShowSeat], step: Transition) -> None:
    """Change the status of locked ``seats`` of a locked ``show`` in one step, under the show's next revision.

    A released seat gets the show's current price for its category; ``seat.price`` in memory keeps the old one.
    A released seat that an active block covers is then BLOCKED, in a step of its own.
    Raises ValueError if a seat's status is not one that the action starts from, which would be a bug.
    """
    action = step.action
    allowed, to_status = MOVES[action]
    for seat in seats:
        if seat.status not in allowed:
            raise ValueError(f"{action} of a seat that is {seat.status}: {seat.pk}")

    show.revision += 1
    show.seats_free += _change_of(Status.AVAILABLE, seats, to_status)
    show.admissions += _change_of(Status.BOOKED, seats, to_status)
    show.seats_total -= _change_of(Status.REMOVED, seats, to_status)
    _add_revenue(show, step.revenue)
    new_hold = step.hold if to_status == Status.HELD else None
    _write(show, seats, step, to_status)
    after_commit(seats_changed, action=action, seats=len(seats))
    for seat in seats:
        seat.status, seat.hold = to_status, new_hold
    if to_status == Status.AVAILABLE and action != Action.UNBLOCK:
        _keep_off_sale(show, seats, step.at)


def _write(show: Show, seats: Sequence[ShowSeat], step: Transition, to_status: str) -> None:
    """Write the ledger, the seats and their show in one statement, with the hold if it is new."""
    keys, hold = [seat.pk for seat in seats], step.hold
    if to_status == Status.AVAILABLE and show.tariff_id:
        ShowSeat.objects.filter(pk__in=keys).update(**prices_now(show))
    events = [
        SeatEvent(
            show_id=show.pk,
            revision=show.revision,
            show_seat_id=seat.pk,
            action=step.action,
            from_status=seat.status,
            to_status=to_status,
            actor=step.by.actor,
            user=step.by.user,
            **({"hold": hold} if hold else {"hold_id": seat.hold_id}),
            ticket=step.ticket,
            reason=step.by.reason,
            at=step.at,
        )
        for seat in seats
    ]
    values = {"show": show.pk, "told": str(show.pk), "to_status": to_status, "seats": keys}
    values |= {name: getattr(show, name) for name in COUNTED}
    if hold and hold.pk is None:
        sql.NEW_HOLD.run({"hold": [hold], "event": events}, **values)
    else:
        sql.TRANSITION.run({"event": events}, **values, hold=hold.pk if hold and to_status == Status.HELD else None)


def _keep_off_sale(show: Show, seats: Sequence[ShowSeat], at: datetime) -> None:
    """Block released seats that an active block covers, in the same transaction, so that they cannot be sold."""
    off = off_sale([show], at, [seat.seat_id for seat in seats])[show.pk].seats
    for reason in dict.fromkeys(off.values()):
        back = [seat for seat in seats if off.get(seat.seat_id) == reason]
        step = Transition(Action.BLOCK, at, Author(Actor.CLOCK, reason=reason))
        transition_seats(show=show, seats=back, step=step)


def relocate_seats(
    *,
    shows: Sequence[Show],
    seats: Sequence[ShowSeat],
    places: Mapping[int, int],
    at: datetime,
    by: Author,
) -> None:
    """Move locked ``seats`` of locked ``shows`` to other places in the hall, in a constant number of statements.

    ``places`` maps the keys of their Seat rows to the new ones. Each seat keeps its status, hold and ticket; every show
    gets its next revision.
    """
    concerned = {seat.show_id for seat in seats}
    tickets = TicketSeat.objects.filter(show_seat__show__in=concerned, show_seat__seat__in=places, active=True)
    ticket_of = dict(tickets.values_list("show_seat_id", "ticket_id"))
    revisions = {show.pk: show.revision + 1 for show in shows}
    SeatEvent.objects.bulk_create(
        [
            SeatEvent(
                show_id=seat.show_id,
                revision=revisions[seat.show_id],
                show_seat=seat,
                action=Action.PLACE,
                from_status=seat.status,
                to_status=seat.status,
                actor=by.actor,
                user=by.user,
                hold_id=seat.hold_id,
                ticket_id=ticket_of.get(seat.pk),
                reason=by.reason,
                at=at,
            )
            for seat in seats
        ],
        batch_size=BATCH,
    )
    _write_places(places, concerned)
    Show.objects.filter(pk__in=concerned).update(revision=F("revision") + 1)
    for show in shows:
        if show.pk in concerned:
            show.revision += 1
            _notify_live_maps(show)


def _write_places(places: Mapping[int, int], show_ids: set[int]) -> None:
    """Write the new places, PLACED_AT_ONCE seats of all shows per statement."""
    leaving = sorted(places)
    for start in range(0, len(leaving), PLACED_AT_ONCE):
        some = leaving[start : start + PLACED_AT_ONCE]
        to = Case(*(When(seat=seat_id, then=Value(places[seat_id])) for seat_id in some))
        moving = ShowSeat.objects.filter(show__in=show_ids, seat__in=some).exclude(status=Status.REMOVED)
        moving.update(seat=to)


def record_revenue(*, show: Show, amount: Decimal) -> None:
    """Add to a locked show's revenue without changing a seat; negative for a refund."""
    _add_revenue(show, amount)
    Show.objects.filter(pk=show.pk).update(revenue=show.revenue, owed=show.owed)


def owe_buyers(*, show: Show, amount: Decimal) -> None:
    """Record that a locked, just cancelled show owes ``amount`` of its revenue to its buyers."""
    show.revenue -= amount
    show.owed += amount
    Show.objects.filter(pk=show.pk).update(revenue=show.revenue, owed=show.owed)


def _add_revenue(show: Show, amount: Decimal) -> None:
    """Add to the show's revenue; refunds of a cancelled show reduce what it owes instead."""
    if show.status == Show.Status.CANCELLED:
        show.owed += amount
    else:
        show.revenue += amount


def _change_of(status: str, seats: Sequence[ShowSeat], to_status: str) -> int:
    """The change in the number of seats with ``status``."""
    return sum((to_status == status) - (seat.status == status) for seat in seats)


def _notify_live_maps(show: Show) -> None:
    """Notify the processes that update live seat maps. On SQLite they poll instead."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(show.pk)])
