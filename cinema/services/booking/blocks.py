"""Seats off sale: broken ones, and house seats held back.

A block is stored first and then applied show by show, each in its own transaction. A background job retries shows that
failed. A blocked seat that is released does not become available: services.booking.ledger blocks it in the same
transaction.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from cinema.exceptions import NoSeats, UnknownSeats
from cinema.models import HouseSeatRelease, Screen, Seat, SeatBlock, Show, ShowSeat, User
from cinema.selectors.booking.blocks import coming_shows, off_sale, shows_with_outdated_blocks
from cinema.services.booking.ledger import Action, Actor, Author, Transition, transition_seats
from cinema.services.booking.offers import offer_freed_seats
from cinema.services.core import audit
from cinema.services.core.audit import note
from cinema.services.core.locking import lock_screens, lock_seats, lock_show, read_clock
from cinema.services.core.transactions import atomically, try_each

Kind = SeatBlock.Kind
Status = ShowSeat.Status


class BlockTerms(NamedTuple):
    """Why seats go off sale and when: from a trading day until another, inclusive, or until the block is lifted.

    House seats come back ``release_minutes`` before each show, if given.
    """

    kind: str
    from_day: date
    until_day: date | None = None
    release_minutes: int | None = None
    reason: str = ""


def block_seats(*, screen: Screen, seat_ids: Collection[int], terms: BlockTerms, user: User | None = None) -> SeatBlock:
    """Take seats of a screen off sale.

    Available seats are blocked at every coming show, held ones once they are released; sold ones stay sold: see
    selectors.orders.conflicts. Safe to repeat: the same seats and terms return the existing block.
    Raises NoSeats, UnknownSeats.
    """
    if terms.kind != Kind.HOUSE:
        terms = terms._replace(release_minutes=None)
    block = _store_block(screen=screen, seat_ids=set(seat_ids), terms=terms, user=user)
    _apply_block(block, user)
    return block


@atomically
def _store_block(*, screen: Screen, seat_ids: set[int], terms: BlockTerms, user: User | None) -> SeatBlock:
    """Store the block under the screen's lock, so that a show scheduled at the same time cannot miss it."""
    lock_screens([screen.pk])
    seats = list(Seat.objects.filter(screen=screen, retired_at=None, pk__in=seat_ids))
    if not seat_ids:
        raise NoSeats
    if unknown := seat_ids.difference(seat.pk for seat in seats):
        raise UnknownSeats(unknown)
    for same in SeatBlock.objects.filter(screen=screen, lifted_at=None, **terms._asdict()).prefetch_related("seats"):
        if {seat.pk for seat in same.seats.all()} == seat_ids:
            return same
    block = SeatBlock.objects.create(screen=screen, created_by=user, created_at=timezone.now(), **terms._asdict())
    block.seats.set(seats)
    _note(audit.Action.BLOCK, block, seats, user, block.reason)
    return block


def lift_block(*, block: SeatBlock, user: User | None = None, reason: str = "") -> SeatBlock:
    """End a block. Its seats go on sale again at all coming shows unless another block covers them. Safe to repeat."""
    block = _lift(block=block, user=user, reason=reason)
    _apply_block(block, user)
    return block


@atomically
def _lift(*, block: SeatBlock, user: User | None, reason: str) -> SeatBlock:
    lock_screens([block.screen_id])
    block = SeatBlock.objects.select_related("screen__theatre").get(pk=block.pk)
    if block.lifted_at is None:
        block.lifted_at = timezone.now()
        block.save(update_fields=["lifted_at"])
        _note(audit.Action.UNBLOCK, block, block.seats.all(), user, reason)
    return block


def _note(action: audit.Action, block: SeatBlock, seats: Collection[Seat], user: User | None, reason: str) -> None:
    note(
        action=action,
        user=user,
        subject=block.screen,
        theatre=block.screen.theatre,
        reason=reason,
        block=block.pk,
        kind=block.kind,
        seats=[seat.label for seat in seats],
        from_day=block.from_day.isoformat(),
        until_day=block.until_day.isoformat() if block.until_day else None,
    )


def _apply_block(block: SeatBlock, user: User | None) -> None:
    shows = coming_shows(screen_id=block.screen_id, from_day=block.from_day, until_day=block.until_day)
    apply_due_blocks(shows=shows.values_list("pk", flat=True), user=user)


def apply_due_blocks(*, shows: Collection[int], user: User | None = None) -> int:
    """Block and unblock seats of these shows as their blocks require; return the number of shows with changes.

    A show that fails, for instance because it is locked, is logged and left to the background job.
    """
    return try_each(lambda pk: _apply_at_show(show_id=pk, user=user), list(shows))


def apply_all_due_blocks() -> int:
    """Apply blocks at every show whose seats do not match them: a background job. Return the number of shows."""
    return apply_due_blocks(shows=sorted(shows_with_outdated_blocks()))


@atomically
def _apply_at_show(*, show_id: int, user: User | None) -> int:
    show = lock_show(pk=show_id)
    changed = _update_show(show, read_clock(show), Author(Actor.STAFF if user else Actor.CLOCK, user))
    offer_freed_seats(show=show)
    return changed


def apply_blocks(*, shows: Sequence[Show]) -> None:
    """Apply blocks, in the caller's transaction, to shows that the caller has created, rescheduled or locked."""
    screens = set(SeatBlock.objects.filter(lifted_at=None).values_list("screen_id", flat=True))
    concerned = [show for show in shows if show.screen_id in screens]
    now = timezone.now()
    off = off_sale(concerned, now) if concerned else {}
    for show in concerned:
        _update_seats(show, off[show.pk].seats, now, Author(Actor.STAFF))
        _store_next_release(show, off[show.pk].next_release)


def release_due(*, show: Show, at: datetime) -> int:
    """Put on sale the house seats of a locked show that are due by ``at``; return how many.

    No statement is executed for a show without house seats.
    """
    if not show.releases_by(at):
        return 0
    return _update_show(show, at, Author(Actor.CLOCK))


@atomically
def release_house_seats(*, block: SeatBlock, show_id: int, user: User | None = None) -> int:
    """Put the house seats of a block on sale at one show now, for good; return how many. Safe to repeat."""
    show = lock_show("screen__theatre", pk=show_id)
    _release, is_new = HouseSeatRelease.objects.get_or_create(block=block, show=show)
    if not is_new:
        return 0
    note(
        action=audit.Action.UNBLOCK,
        user=user,
        subject=show.screen,
        theatre=show.screen.theatre,
        show=show,
        reason=block.reason,
        block=block.pk,
        kind=block.kind,
    )
    freed = _update_show(show, read_clock(show), Author(Actor.STAFF, user))
    offer_freed_seats(show=show)
    return freed


def _update_show(show: Show, at: datetime, by: Author) -> int:
    off = off_sale([show], at)[show.pk]
    changed = _update_seats(show, off.seats, at, by)
    _store_next_release(show, off.next_release)
    return changed


def _update_seats(show: Show, off: dict[int, str], at: datetime, by: Author) -> int:
    """Block available seats that are in ``off`` and unblock the others; return how many changed.

    ``off`` maps the key of a Seat to the reason.
    """
    free, blocked = Q(status=Status.AVAILABLE, seat__in=off), Q(status=Status.BLOCKED)
    seats = lock_seats(show, free | (blocked & ~Q(seat__in=off)))
    back = [seat for seat in seats if seat.status == Status.BLOCKED]
    if back:
        transition_seats(show=show, seats=back, step=Transition(Action.UNBLOCK, at, by))
    for reason in dict.fromkeys(off.values()):
        going = [seat for seat in seats if seat not in back and off[seat.seat_id] == reason]
        if going:
            step = Transition(Action.BLOCK, at, by._replace(reason=reason))
            transition_seats(show=show, seats=going, step=step)
    return len(seats)


def _store_next_release(show: Show, moment: datetime | None) -> None:
    if show.house_release_at != moment:
        show.house_release_at = moment
        show.save(update_fields=["house_release_at"])
