"""Move a paid ticket to other seats of its show: the same number, and for buyers at the same prices."""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db.models import Q

from cinema.domain.seating.places import lone_companions
from cinema.exceptions import (
    CompanionOnlyWithWheelchair,
    SeatCountMismatch,
    SeatKindMismatch,
    SeatPriceMismatch,
    SeatsNotChangeable,
    SeatsUnavailable,
    UnknownSeats,
)
from cinema.models import Show, ShowSeat, Ticket, TicketSeat
from cinema.models.annotated import ShowSeatNow, TicketNow
from cinema.selectors.booking.places import place_of
from cinema.selectors.orders.moves import Classes, can_move
from cinema.services.booking.expiry import expire_due_holds
from cinema.services.booking.ledger import BUYER, Action, Actor, Author, Transition, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.booking.seating import SeatChoice, check_choice
from cinema.services.core import audit
from cinema.services.core.audit import note
from cinema.services.core.locking import FACTS, lock_seats, lock_ticket
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.orders.cancellations import check_nobody_admitted

Prices = tuple[Decimal, ...]


@atomically
def change_seats(*, code: str, seat_ids: Collection[int], by: Author = BUYER, insist: bool = False) -> Ticket:
    """Give a confirmed ticket exactly these seats and mail it again. Safe to repeat.

    Buyers may do so until the ticket can no longer be cancelled or somebody is admitted with it; ``insist`` as in
    seating.SeatChoice. Staff may do so until the show is over, may leave single seats, and may choose seats of another
    price or kind, at the price paid.
    Raises SeatsNotChangeable, TicketAdmitted, SeatCountMismatch, UnknownSeats, SeatsUnavailable, SeatPriceMismatch,
    SeatKindMismatch, what check_choice() raises, and Show.DoesNotExist for an unknown code.
    """
    ticket, lines = lock_ticket(*FACTS, code=code)
    show, now, staff = ticket.show, ticket.now, by.actor == Actor.STAFF
    if not can_move(ticket, now, staff=staff):
        raise SeatsNotChangeable(ticket, staff=staff)
    if not staff:
        check_nobody_admitted(ticket=ticket)
    had, wanted = {line.show_seat_id for line in lines}, set(seat_ids)
    if len(wanted) != len(had):
        raise SeatCountMismatch(len(had))
    if wanted == had:
        return ticket

    coming = lock_free_seats(show=show, wanted=wanted - had)
    leaving = [line for line in lines if line.show_seat_id not in wanted]
    left = [line.show_seat for line in leaving]
    staying = [line.show_seat for line in lines if line.show_seat_id in wanted]
    classes = Classes(show, leaving)
    if not staff:
        _check_classes(classes, left, coming)
        check_carers(show=show, before=[line.show_seat for line in lines], after=[*staying, *coming])
    choice = SeatChoice([*staying, *coming], own=had, insist=insist, staff=staff)
    check_choice(show=show, choice=choice, now=now)
    coming.sort(key=classes.of)
    leaving.sort(key=lambda line: classes.of(line.show_seat))
    _move(ticket, leaving, coming, by)
    if staff:
        _note(ticket, left, coming, by)
    offer_freed_seats(show=show)
    post(kind=Kind.SEATS_CHANGED, about=ticket)
    return ticket


def lock_free_seats(*, show: Show, wanted: set[int]) -> list[ShowSeatNow]:
    """Lock the seats to move to, at a show the caller has locked. Raises UnknownSeats, SeatsUnavailable."""
    seats = lock_seats(show, Q(pk__in=wanted), "seat__category")
    if unknown := wanted.difference(seat.pk for seat in seats):
        raise UnknownSeats(unknown)
    if any(seat.hold_id for seat in seats) and expire_due_holds(show=show):
        seats = lock_seats(show, Q(pk__in=wanted), "seat__category")
    if taken := [seat for seat in seats if seat.status != ShowSeat.Status.AVAILABLE]:
        raise SeatsUnavailable(taken)
    return seats


def _check_classes(classes: Classes, leaving: Sequence[ShowSeat], coming: Sequence[ShowSeat]) -> None:
    """Check that the new seats have the kinds and present prices of the old ones.

    Raises SeatPriceMismatch, SeatKindMismatch.
    """
    before, after = Counter(map(classes.of, leaving)), Counter(map(classes.of, coming))
    surplus = [seat for seat in coming if classes.of(seat) in after - before]
    missing = list(before - after)
    for seat in surplus:
        costs = classes.of(seat).prices
        if costs not in {known.prices for known in missing}:
            raise SeatPriceMismatch(seat, *_differing(costs, [known.prices for known in missing]))
    if surplus:
        raise SeatKindMismatch(surplus[0], {known.kind for known in missing})


def _differing(costs: Prices, missing: Sequence[Prices]) -> tuple[Decimal, set[Decimal]]:
    """The first of ``costs`` that differs from every old seat's price, and those prices."""
    for price, others in zip(costs, zip(*missing, strict=True), strict=True):
        if price not in others:
            return price, set(others)
    return costs[0], {prices[0] for prices in missing}


def check_carers(*, show: Show, before: Sequence[ShowSeat], after: Sequence[ShowSeat]) -> None:
    """Check that a free companion of a ticket stays beside a wheelchair space. Raises CompanionOnlyWithWheelchair."""
    theatre = show.screen.theatre
    alone = lone_companions(list(map(place_of, after)))
    if theatre.carer_free and len(alone) > len(lone_companions(list(map(place_of, before)))):
        raise CompanionOnlyWithWheelchair(alone, theatre.companion_release)


def _move(ticket: TicketNow, leaving: Sequence[TicketSeat], coming: Sequence[ShowSeat], by: Author) -> None:
    out = Transition(Action.MOVE_OUT, ticket.now, by, ticket=ticket)
    transition_seats(show=ticket.show, seats=[line.show_seat for line in leaving], step=out)
    transition_seats(show=ticket.show, seats=coming, step=out._replace(action=Action.MOVE_IN))
    for line, seat in zip(leaving, coming, strict=True):
        line.show_seat = seat
    TicketSeat.objects.bulk_update(leaving, ["show_seat"])


def _note(ticket: Ticket, left: Sequence[ShowSeat], coming: Sequence[ShowSeat], by: Author) -> None:
    note(
        action=audit.Action.MOVE,
        user=by.user,
        subject=ticket.reference,
        theatre=ticket.show.screen.theatre,
        show=ticket.show,
        ticket=ticket,
        reason=by.reason,
        before=[seat.seat.label for seat in left],
        after=[seat.seat.label for seat in coming],
    )
