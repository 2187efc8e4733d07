"""The only place where a seat changes its state, and therefore the place where the ledger is written."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection

from cinema.models import Hold, SeatEvent, Show, ShowSeat, Ticket, User

Action = SeatEvent.Action
Actor = SeatEvent.Actor
Status = ShowSeat.Status

NOTHING = Decimal(0)
COUNTED = ["revision", "seats_free", "seats_total", "admissions", "revenue"]  # kept on the show with its seats
CHANNEL = "cinema_seats"  # where PostgreSQL notifies, with the commit, which show's seats have changed

# What each action turns a seat into, and from which states.
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
}


def move_seats(
    *,
    show: Show,
    seats: Sequence[ShowSeat],
    action: Action,
    at: datetime,
    actor: Actor,
    user: User | None = None,
    hold: Hold | None = None,
    ticket: Ticket | None = None,
    reason: str = "",
    takings: Decimal = NOTHING,
) -> None:
    """Change the state of locked ``seats`` of a locked ``show`` as one step, under the show's next revision.

    ``hold`` is the new hold of seats being held; for any other action each seat's own hold is noted. ``takings`` is
    what the show earns by it, less than nothing when money goes back.
    Raises ValueError when a seat is not in a state the action starts from: that would be a bug of ours.
    """
    allowed, to_status = MOVES[action]
    for seat in seats:
        if seat.status not in allowed:
            raise ValueError(f"{action} of a seat that is {seat.status}: {seat.pk}")

    show.revision += 1
    show.seats_free += _more(Status.AVAILABLE, seats, to_status)
    show.admissions += _more(Status.BOOKED, seats, to_status)
    show.seats_total -= _more(Status.REMOVED, seats, to_status)
    show.revenue += takings
    SeatEvent.objects.bulk_create(
        SeatEvent(
            show=show,
            revision=show.revision,
            show_seat=seat,
            action=action,
            from_status=seat.status,
            to_status=to_status,
            actor=actor,
            user=user,
            hold_id=hold.pk if hold else seat.hold_id,
            ticket=ticket,
            reason=reason,
            at=at,
        )
        for seat in seats
    )
    new_hold = hold if to_status == Status.HELD else None
    ShowSeat.objects.filter(pk__in=[seat.pk for seat in seats]).update(status=to_status, hold=new_hold)
    Show.objects.filter(pk=show.pk).update(**{name: getattr(show, name) for name in COUNTED})
    _announce(show)
    for seat in seats:
        seat.status, seat.hold = to_status, new_hold


def earn(*, show: Show, takings: Decimal) -> None:
    """Note what a locked ``show`` earns without any seat changing its state; less than nothing when money goes back."""
    show.revenue += takings
    Show.objects.filter(pk=show.pk).update(revenue=show.revenue)


def _more(status: str, seats: Sequence[ShowSeat], to_status: str) -> int:
    """How many more seats stand like that after the step."""
    return sum((to_status == status) - (seat.status == status) for seat in seats)


def _announce(show: Show) -> None:
    """Tell whoever keeps open seat maps true; without notifications they find out by looking."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(show.pk)])
