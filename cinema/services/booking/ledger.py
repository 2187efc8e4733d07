"""The only place where a seat changes its state, and therefore the place where the ledger is written."""

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
from cinema.services.core.transactions import after_commit

Action = SeatEvent.Action
Actor = SeatEvent.Actor
Status = ShowSeat.Status

NOTHING = Decimal(0)
COUNTED = ["revision", "seats_free", "seats_total", "admissions", "revenue", "owed"]  # kept on the show with its seats
BATCH = 2_000  # lines of the ledger per INSERT, where the database takes that many
PLACED_AT_ONCE = 100  # seats given other places by one UPDATE
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
    Action.REPRICE: (frozenset({Status.AVAILABLE}), Status.AVAILABLE),  # one seat stands for all that are free
}


class Author(NamedTuple):
    """Who changes seats, and why."""

    actor: Actor
    user: User | None = None
    reason: str = ""


BUYER = Author(Actor.BUYER)


class Transition(NamedTuple):
    """What happens to seats, when, and by whom.

    ``hold`` is the new hold of seats being held; for any other action each seat's own hold is noted. ``takings`` is
    what the show earns by it, less than nothing when money goes back.
    """

    action: Action
    at: datetime
    by: Author
    hold: Hold | None = None
    ticket: Ticket | None = None
    takings: Decimal = NOTHING


def transition_seats(*, show: Show, seats: Sequence[ShowSeat], step: Transition) -> None:
    """Change the state of locked ``seats`` of a locked ``show`` as one step, under the show's next revision.

    A seat that comes free costs what a seat of its category costs at the show now, whatever it was priced by before it
    was taken; only ``seat.price`` in memory still says what it was taken for.
    A seat that comes free while a block has it is BLOCKED afterwards, by a step of its own.
    Raises ValueError when a seat is not in a state the action starts from: that would be a bug of ours.
    """
    action, at, by, hold, ticket, takings = step
    allowed, to_status = MOVES[action]
    for seat in seats:
        if seat.status not in allowed:
            raise ValueError(f"{action} of a seat that is {seat.status}: {seat.pk}")

    show.revision += 1
    show.seats_free += _more(Status.AVAILABLE, seats, to_status)
    show.admissions += _more(Status.BOOKED, seats, to_status)
    show.seats_total -= _more(Status.REMOVED, seats, to_status)
    _take(show, takings)
    SeatEvent.objects.bulk_create(
        SeatEvent(
            show=show,
            revision=show.revision,
            show_seat=seat,
            action=action,
            from_status=seat.status,
            to_status=to_status,
            actor=by.actor,
            user=by.user,
            hold_id=hold.pk if hold else seat.hold_id,
            ticket=ticket,
            reason=by.reason,
            at=at,
        )
        for seat in seats
    )
    new_hold = hold if to_status == Status.HELD else None
    prices = prices_now(show) if to_status == Status.AVAILABLE and show.tariff_id else {}
    ShowSeat.objects.filter(pk__in=[seat.pk for seat in seats]).update(status=to_status, hold=new_hold, **prices)
    Show.objects.filter(pk=show.pk).update(**{name: getattr(show, name) for name in COUNTED})
    _announce(show)
    after_commit(seats_changed, action=action, seats=len(seats))
    for seat in seats:
        seat.status, seat.hold = to_status, new_hold
    if to_status == Status.AVAILABLE and action != Action.UNBLOCK:
        _keep_off_sale(show, seats, at)


def _keep_off_sale(show: Show, seats: Sequence[ShowSeat], at: datetime) -> None:
    """Block at once those that come free though a standing block has them: nobody can be sold them in between."""
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
    """Give locked ``seats`` of locked ``shows`` other places in the hall, in a few statements however many they are.

    ``places`` are the keys of Seat rows: of those they have, to those they get. Each seat keeps its state, its hold
    and its ticket; every show concerned goes to its next revision.
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
    _point(places, concerned)
    Show.objects.filter(pk__in=concerned).update(revision=F("revision") + 1)
    for show in shows:
        if show.pk in concerned:
            show.revision += 1
            _announce(show)


def _point(places: Mapping[int, int], show_ids: set[int]) -> None:
    """Write the new places, of a hundred seats at all shows at once."""
    leaving = sorted(places)
    for start in range(0, len(leaving), PLACED_AT_ONCE):
        some = leaving[start : start + PLACED_AT_ONCE]
        to = Case(*(When(seat=seat_id, then=Value(places[seat_id])) for seat_id in some))
        moving = ShowSeat.objects.filter(show__in=show_ids, seat__in=some).exclude(status=Status.REMOVED)
        moving.update(seat=to)


def record_revenue(*, show: Show, takings: Decimal) -> None:
    """Note what a locked ``show`` earns without any seat changing its state; less than nothing when money goes back."""
    _take(show, takings)
    Show.objects.filter(pk=show.pk).update(revenue=show.revenue, owed=show.owed)


def owe_buyers(*, show: Show, amount: Decimal) -> None:
    """Note that ``amount`` of what a locked show, just cancelled, has taken is its buyers' again."""
    show.revenue -= amount
    show.owed += amount
    Show.objects.filter(pk=show.pk).update(revenue=show.revenue, owed=show.owed)


def _take(show: Show, takings: Decimal) -> None:
    """Add to the revenue; of a cancelled show what goes back lessens what is owed."""
    if show.status == Show.Status.CANCELLED:
        show.owed += takings
    else:
        show.revenue += takings


def _more(status: str, seats: Sequence[ShowSeat], to_status: str) -> int:
    """How many more seats stand like that after the step."""
    return sum((to_status == status) - (seat.status == status) for seat in seats)


def _announce(show: Show) -> None:
    """Tell whoever keeps open seat maps true; without notifications they find out by looking."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(show.pk)])
