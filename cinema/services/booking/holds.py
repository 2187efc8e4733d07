"""Holds: seats reserved for one buyer until a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from cinema.domain.seating.places import SeatPlace
from cinema.exceptions import (
    HoldChangedTooOften,
    HoldExpired,
    HoldTimeLimitReached,
    SeatsUnavailable,
    ShowNotOnSale,
    UnknownShow,
)
from cinema.models import Hold, Order, Show, ShowSeat, Ticket, WaitingEntry
from cinema.models.annotated import LockedHold
from cinema.services.booking.blocks import release_due
from cinema.services.booking.expiry import drop_pending_tickets, expire_due_holds, release_expired
from cinema.services.booking.guards import check_known, guard, guard_best, mark_contested
from cinema.services.booking.hold_limits import check_hold_limits
from cinema.services.booking.ledger import BUYER, Action, Author, Transition, transition_seats
from cinema.services.booking.locked import locked_holds, locked_seats, locked_show
from cinema.services.booking.offers import end_offers, offer_freed_seats
from cinema.services.booking.seat_requests import BestSeats, SeatRequest, Source
from cinema.services.booking.seating import SeatChoice, check_choice, choose_best
from cinema.services.core.locking import lock_seats, read_clock
from cinema.services.core.transactions import atomically
from cinema.services.core.turns import turn

MOST_CHANGES = 30  # of one hold's seats: each adds rows to the ledger, which is never shortened


def hold_seats(*, show_id: int, seat_ids: Sequence[int], buyer: str, client_ip: str = "", insist: bool = False) -> Hold:
    """Make the buyer's hold at the show consist of exactly these seats. If one is not to be had, nothing changes.

    A new hold lasts HOLD_MINUTES; changing its seats does not prolong it. ``client_ip`` is the client's IP address,
    "" if unknown; ``insist`` as in seating.SeatChoice.
    Raises PaymentsUnavailable, NoSeats, TooManySeats, DuplicateSeat, UnknownShow, UnknownSeats, ShowNotOnSale,
    SeatsUnavailable, CompanionOnlyWithWheelchair, LoveSeatsArePairs, StrandsSeats, TooManyHolds, HoldCooldown,
    ShowShareReached, SeatsKeptTooLong, HoldChangedTooOften.
    """
    guard(show_id=show_id, seat_ids=seat_ids, buyer=buyer)
    with turn(("show", show_id)) as waited:
        if waited:  # others had their turns meanwhile
            guard(show_id=show_id, seat_ids=seat_ids, buyer=buyer)
        return _hold_seats(SeatRequest(show_id, seat_ids, buyer, Source.of(client_ip=client_ip), insist))


@atomically
def _hold_seats(request: SeatRequest) -> Hold:
    show = locked_show(show_id=request.show_id)
    serve_waiting_list(show=show)
    hold, _ = take_seats(show=show, request=request, hold=_active_hold(show, request.buyer))
    return hold


def hold_best(*, show_id: int, best: BestSeats, buyer: str, client_ip: str = "") -> tuple[Hold, list[SeatPlace]]:
    """Make the buyer's hold consist of the best seats left; return it with its places.

    The seats are chosen under the show's lock, so no request fails while seats are left. ``client_ip`` as in
    hold_seats().
    Raises PaymentsUnavailable, NoSeats, TooManySeats, UnknownShow, ShowNotOnSale, UnknownCategory, NoBlockLeft,
    TooManyHolds, HoldCooldown, ShowShareReached, SeatsKeptTooLong, HoldChangedTooOften.
    """
    guard_best(show_id=show_id, buyer=buyer, **best._asdict())
    # staff=True: choose_best() avoids single seats itself where it can.
    request = SeatRequest(show_id, (), buyer, Source.of(client_ip=client_ip), staff=True)
    with turn(("show", show_id)) as waited:
        if waited:
            guard_best(show_id=show_id, buyer=buyer, **best._asdict())
        try:
            return _hold_best(request, best)
        except SeatsUnavailable:  # seats of an expired hold were chosen, and a block took them when it was released
            release_expired(show_id=show_id)
            return _hold_best(request, best)


@atomically
def _hold_best(request: SeatRequest, best: BestSeats) -> tuple[Hold, list[SeatPlace]]:
    show = locked_show(show_id=request.show_id)
    now = read_clock(show)
    _check_on_sale(show, now)
    serve_waiting_list(show=show)
    if release_due(show=show, at=now):
        offer_freed_seats(show=show)
    mine = _active_hold(show, request.buyer)
    if best.ceiling is not None:  # of the price with the booking fee, as the map shows it
        best = best._replace(ceiling=best.ceiling - show.screen.theatre.fee(Order.Channel.WEB).per_ticket)
    chosen = choose_best(show=show, buyer=request.buyer, **best._asdict())
    request = request._replace(seat_ids=[place.pk for place in chosen])
    hold, _ = take_seats(show=show, request=request, hold=mine)
    return hold, chosen


class LockedSeats(NamedTuple):
    """The locked seats of a request and of the buyer's ``hold``; ``now`` is the database's clock under the lock."""

    show: Show
    request: SeatRequest
    hold: Hold | None
    seats: Sequence[ShowSeat]
    now: datetime

    @property
    def chosen(self) -> list[ShowSeat]:
        """The requested seats."""
        wanted = self.request.wanted
        return [seat for seat in self.seats if seat.pk in wanted]

    @property
    def dropped(self) -> list[ShowSeat]:
        """Seats of the hold that are not requested any more."""
        wanted = self.request.wanted
        return [seat for seat in self.seats if seat.pk not in wanted]

    @property
    def is_held(self) -> bool:
        """Whether the hold consists of exactly the requested seats already."""
        own = {seat.pk for seat in self.seats if self.hold and seat.hold_id == self.hold.pk}
        return own == self.request.wanted


def take_seats(*, show: Show, request: SeatRequest, hold: Hold | None) -> tuple[Hold, list[ShowSeat]]:
    """Hold the requested seats at a show the caller has locked and loaded with its theatre.

    ``hold`` is the buyer's hold there, if any. Returns the hold and its seats.
    Raises as hold_seats().
    """
    locked = _lock_settled(show, request, hold)
    _check_free(locked)
    if not locked.is_held:
        choice = SeatChoice(locked.chosen, request.buyer, insist=request.insist, staff=request.staff)
        check_choice(show=show, choice=choice, now=locked.now)
    return _write(locked)


def _lock_settled(show: Show, request: SeatRequest, hold: Hold | None) -> LockedSeats:
    """Lock the seats. If some belong to expired holds or are house seats due for sale, release them and lock again."""
    seats = locked_seats(show=show, seat_ids=request.wanted, hold=hold)
    check_known(found=[seat.pk for seat in seats], wanted=set(request.wanted))
    now = seats[0].now
    _check_on_sale(show, now)
    if _settle_due(show, seats, now):
        hold = hold if hold and hold.is_active_at(now) else None
        seats = locked_seats(show=show, seat_ids=request.wanted, hold=hold)
    return LockedSeats(show, request, hold, seats, now)


def _settle_due(show: Show, seats: Sequence[ShowSeat], now: datetime) -> bool:
    """Put due house seats on sale and expire due holds of ``seats``; return whether seats may have changed."""
    released = release_due(show=show, at=now)
    if released:
        offer_freed_seats(show=show)
    over = any(seat.hold and not seat.hold.is_active_at(now) for seat in seats)
    if over:
        expire_due_holds(show=show)
    return bool(released or over)


def _write(locked: LockedSeats) -> tuple[Hold, list[ShowSeat]]:
    """Write the hold, release the dropped seats and hold the added ones."""
    show, chosen, dropped, by = locked.show, locked.chosen, locked.dropped, locked.request.by
    added = [seat for seat in chosen if seat.status == ShowSeat.Status.AVAILABLE]
    hold = _write_hold(locked, added)
    if dropped:
        transition_seats(show=show, seats=dropped, step=Transition(Action.RELEASE, locked.now, by))
    if added:
        transition_seats(show=show, seats=added, step=Transition(Action.HOLD, locked.now, by, hold=hold))
    elif hold.pk is None:
        hold.save()
    offer_freed_seats(show=show)  # those dropped or expired
    return hold, chosen


def _write_hold(locked: LockedSeats, added: Sequence[ShowSeat]) -> Hold:
    """The buyer's hold: a new one, which is written with its seats, or the existing one, prepared for its new seats."""
    show, request, hold, _, now = locked
    source, left = request.source, timedelta(minutes=settings.HOLD_MAX_MINUTES)
    if source and added:
        left = check_hold_limits(show=show, request=request, hold=hold, seats=locked.chosen, now=now)
    if hold is None:
        return Hold(
            show=show,
            buyer=request.buyer,
            origin=source.client.present if source else "",
            program=source.program.present if source else "",
            created_at=now,
            expires_at=now + min(timedelta(minutes=settings.HOLD_MINUTES), left),
            latest_at=now + left,
        )
    if not locked.is_held:
        if hold.changes >= MOST_CHANGES:
            raise HoldChangedTooOften(hold.changes)
        # A pending ticket is for the previous seats of the hold.
        drop_pending_tickets(hold_ids={hold.pk})
        hold.changes += 1
        hold.latest_at = min(hold.latest_at, now + left)
        hold.expires_at = min(hold.expires_at, hold.latest_at)
        hold.save(update_fields=["changes", "latest_at", "expires_at"])
    return hold


@atomically
def extend_hold(*, code: str, buyer: str) -> LockedHold:
    """Restart the hold's HOLD_MINUTES; no seat is on hold for more than HOLD_MAX_MINUTES in all.

    Raises HoldExpired, HoldTimeLimitReached.
    """
    hold = lock_active_hold(code=code, buyer=buyer)
    if hold.expires_at >= hold.latest_at:
        raise HoldTimeLimitReached(settings.HOLD_MAX_MINUTES)
    hold.expires_at = max(hold.expires_at, min(hold.now + timedelta(minutes=settings.HOLD_MINUTES), hold.latest_at))
    hold.save(update_fields=["expires_at"])
    return hold


@atomically
def release_hold(*, code: str, buyer: str, by: Author = BUYER) -> LockedHold:
    """Release the seats of the hold. Raises HoldExpired if it has ended already."""
    hold = lock_active_hold(code=code, buyer=buyer)
    release_seats(show=hold.show, hold=hold, at=hold.now, by=by)
    offer_freed_seats(show=hold.show)
    return hold


def release_seats(*, show: Show, hold: Hold, at: datetime, by: Author = BUYER) -> None:
    """Release an active hold and its seats at a locked show."""
    transition_seats(show=show, seats=lock_seats(show, Q(hold=hold)), step=Transition(Action.RELEASE, at, by))
    hold.status, hold.expires_at = Hold.Status.RELEASED, at
    hold.save(update_fields=["status", "expires_at"])
    drop_pending_tickets(hold_ids={hold.pk})
    end_offers(show=show, hold_ids=[hold.pk], status=WaitingEntry.Status.LEFT)


def keep_seats(*, order: Order, until: datetime) -> None:
    """Hold the seats of an order that is not sold, whose shows are locked, at least until then."""
    holds = Hold.objects.filter(tickets__order=order, tickets__status=Ticket.Status.PENDING, expires_at__lt=until)
    keys = list(holds.filter(status=Hold.Status.ACTIVE).values_list("pk", flat=True))
    Hold.objects.filter(pk__in=keys).update(expires_at=until, latest_at=until)


def lock_active_hold(*, code: str, buyer: str) -> LockedHold:
    """Lock the show of the buyer's hold and return the hold: see lock_active_holds(). Raises HoldExpired."""
    [hold] = lock_active_holds(codes=[code], buyer=buyer)
    return hold


def lock_active_holds(*, codes: Sequence[str], buyer: str) -> list[LockedHold]:
    """Lock the shows of the buyer's holds and return those that are active, with ``now``, the database's clock.

    ``is_checked_out`` says whether a ticket of it waits for payment. Raises HoldExpired if the first is not active.
    """
    holds = {hold.code: hold for hold in locked_holds(codes=codes, buyer=buyer)}
    if codes[0] not in holds:
        raise HoldExpired
    return [holds[code] for code in codes if code in holds]


def serve_waiting_list(*, show: Show) -> None:
    """Release expired holds of a locked show and offer their seats to its waiting list before anybody else."""
    if show.waited_for:
        expire_due_holds(show=show)
        offer_freed_seats(show=show)


def _active_hold(show: Show, buyer: str) -> Hold | None:
    return Hold.objects.filter(show=show, buyer=buyer, status=Hold.Status.ACTIVE).first()


def _check_on_sale(show: Show, now: datetime) -> None:
    if show.status == Show.Status.DRAFT:
        raise UnknownShow
    if not show.on_sale_at(now):
        raise ShowNotOnSale(show)


def _check_free(locked: LockedSeats) -> None:
    taken = [
        seat
        for seat in locked.chosen
        if seat.status != ShowSeat.Status.AVAILABLE and not (seat.hold and seat.hold.buyer == locked.request.buyer)
    ]
    if taken:
        mark_contested(locked.show.pk)
        raise SeatsUnavailable(taken)
