"""Holding seats: set aside for one buyer until a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q, prefetch_related_objects
from django.db.models.functions import Now

from cinema.domain.seating.places import SeatPlace
from cinema.exceptions import (
    HoldChangedTooOften,
    HoldExpired,
    HoldTimeLimitReached,
    SeatsUnavailable,
    ShowNotOnSale,
    UnknownShow,
)
from cinema.models import Hold, Show, ShowSeat, WaitingEntry
from cinema.services.booking.blocks import release_due
from cinema.services.booking.expiry import drop_pending_tickets, expire_due_holds, release_expired
from cinema.services.booking.guards import check_known, guard, guard_best
from cinema.services.booking.hold_limits import check_hold_limits
from cinema.services.booking.ledger import BUYER, Action, Transition, transition_seats
from cinema.services.booking.offers import end_offers, offer_freed_seats
from cinema.services.booking.seat_requests import BestSeats, SeatRequest, Source
from cinema.services.booking.seating import SeatChoice, check_choice, choose_best
from cinema.services.core.locking import lock_seats, lock_show, read_clock
from cinema.services.core.transactions import atomically

MOST_CHANGES = 30  # of the seats of one hold: each is written to the ledger for good


def hold_seats(*, show_id: int, seat_ids: Sequence[int], buyer: str, address: str = "", insist: bool = False) -> Hold:
    """Make exactly these seats the buyer's hold at the show: all of them, or the hold stays as it was.

    A first hold lasts HOLD_MINUTES; changing its seats does not prolong it. ``address`` is the network address the
    request comes from, "" if that is not known; ``insist`` as in seating.SeatChoice. Raises
    PaymentsUnavailable, NoSeats, TooManySeats, DuplicateSeat, UnknownShow, UnknownSeats, ShowNotOnSale,
    SeatsUnavailable,
    CompanionOnlyWithWheelchair, LoveSeatsArePairs, StrandsSeats, TooManyHolds, HoldCooldown, ShowShareReached,
    SeatsKeptTooLong, HoldChangedTooOften.
    """
    guard(show_id=show_id, seat_ids=seat_ids, buyer=buyer)
    return _hold_seats(SeatRequest(show_id, seat_ids, buyer, Source.of(address=address), insist))


@atomically
def _hold_seats(request: SeatRequest) -> Hold:
    show = lock_show("screen__theatre", pk=request.show_id)
    serve_waiting_list(show=show)
    hold, _ = take_seats(show=show, request=request, hold=_active_hold(show, request.buyer))
    return hold


def hold_best(*, show_id: int, best: BestSeats, buyer: str, address: str = "") -> tuple[Hold, list[SeatPlace]]:
    """Make the best seats that are left the buyer's hold; return it with its places.

    They are chosen under the show's lock, so nobody is refused while seats are left. ``address`` as in hold_seats().
    Raises PaymentsUnavailable, NoSeats, TooManySeats, UnknownShow, ShowNotOnSale, UnknownCategory, NoBlockLeft,
    TooManyHolds, HoldCooldown, ShowShareReached, SeatsKeptTooLong, HoldChangedTooOften.
    """
    guard_best(show_id=show_id, party=best.party, buyer=buyer)
    # As staff: that nobody is left alone where it can be avoided is seen to by the choice itself.
    request = SeatRequest(show_id, (), buyer, Source.of(address=address), staff=True)
    try:
        return _hold_best(request, best)
    except SeatsUnavailable:  # the best of them were held by somebody whose time was over, and are off sale since
        release_expired(show_id=show_id)
        return _hold_best(request, best)


@atomically
def _hold_best(request: SeatRequest, best: BestSeats) -> tuple[Hold, list[SeatPlace]]:
    try:
        show = lock_show("screen__theatre", pk=request.show_id)
    except Show.DoesNotExist:
        raise UnknownShow from None
    now = read_clock(show)
    _check_on_sale(show, now)
    serve_waiting_list(show=show)
    if release_due(show=show, at=now):
        offer_freed_seats(show=show)
    mine = _active_hold(show, request.buyer)
    chosen = choose_best(show=show, buyer=request.buyer, **best._asdict())
    request = request._replace(seat_ids=[place.pk for place in chosen])
    hold, _ = take_seats(show=show, request=request, hold=mine)
    return hold, chosen


class LockedSeats(NamedTuple):
    """The seats of a request and those of the buyer's ``hold``, locked, at ``now`` on the database's clock."""

    show: Show
    request: SeatRequest
    hold: Hold | None
    seats: Sequence[ShowSeat]
    now: datetime

    @property
    def chosen(self) -> list[ShowSeat]:
        """The seats asked for."""
        wanted = self.request.wanted
        return [seat for seat in self.seats if seat.pk in wanted]

    @property
    def dropped(self) -> list[ShowSeat]:
        """Seats of the hold that are not asked for any more."""
        wanted = self.request.wanted
        return [seat for seat in self.seats if seat.pk not in wanted]

    @property
    def is_held(self) -> bool:
        """Whether the hold has exactly the seats asked for already."""
        own = {seat.pk for seat in self.seats if self.hold and seat.hold_id == self.hold.pk}
        return own == self.request.wanted


def take_seats(*, show: Show, request: SeatRequest, hold: Hold | None) -> tuple[Hold, list[ShowSeat]]:
    """Hold the seats asked for at a show the caller has locked with its theatre; ``hold`` is the buyer's there, if any.

    Returns the hold and its seats, with what the request names as ``related``. Raises as hold_seats().
    """
    locked = _lock_settled(show, request, hold)
    _check_free(locked)
    if not locked.is_held:
        choice = SeatChoice(locked.chosen, request.buyer, insist=request.insist, staff=request.staff)
        check_choice(show=show, choice=choice, now=locked.now)
    return _write(locked)


def _lock_settled(show: Show, request: SeatRequest, hold: Hold | None) -> LockedSeats:
    """Lock the seats; when some were due to change by the clock, let them change, once, and lock the seats again."""
    seats = _lock(show, request, hold)
    check_known(found=[seat.pk for seat in seats], wanted=set(request.wanted))
    now = seats[0].now
    _check_on_sale(show, now)
    if _settle_due(show, seats, now):
        hold = hold if hold and hold.is_active_at(now) else None
        seats = _lock(show, request, hold)
    return LockedSeats(show, request, hold, seats, now)


def _lock(show: Show, request: SeatRequest, hold: Hold | None) -> list[ShowSeat]:
    which = Q(pk__in=request.wanted) | Q(hold=hold) if hold else Q(pk__in=request.wanted)
    seats = lock_seats(show, which, *request.related)
    prefetch_related_objects([seat for seat in seats if seat.hold_id], "hold")  # few of them have one
    return seats


def _settle_due(show: Show, seats: Sequence[ShowSeat], now: datetime) -> bool:
    """Put house seats on sale whose time has come and, if some of ``seats`` were in holds that are over, end those
    holds; return whether seats may have changed."""
    released = release_due(show=show, at=now)
    if released:
        offer_freed_seats(show=show)
    over = any(seat.hold and not seat.hold.is_active_at(now) for seat in seats)
    if over:
        expire_due_holds(show=show)
    return bool(released or over)


def _write(locked: LockedSeats) -> tuple[Hold, list[ShowSeat]]:
    """Write the hold, and the seats that leave it and come to it."""
    show, chosen, dropped = locked.show, locked.chosen, locked.dropped
    added = [seat for seat in chosen if seat.status == ShowSeat.Status.AVAILABLE]
    hold = _write_hold(locked, added)
    if dropped:
        transition_seats(show=show, seats=dropped, step=Transition(Action.RELEASE, locked.now, BUYER))
    if added:
        transition_seats(show=show, seats=added, step=Transition(Action.HOLD, locked.now, BUYER, hold=hold))
    offer_freed_seats(show=show)  # what was dropped or had run out
    return hold, chosen


def _write_hold(locked: LockedSeats, added: Sequence[ShowSeat]) -> Hold:
    """The buyer's hold, made or made ready to be of the seats asked for instead of those that it has."""
    show, request, hold, _, now = locked
    source, left = request.source, timedelta(minutes=settings.HOLD_MAX_MINUTES)
    if source and added:
        left = check_hold_limits(show=show, request=request, hold=hold, seats=locked.chosen, now=now)
    if hold is None:
        return Hold.objects.create(
            show=show,
            buyer=request.buyer,
            origin=source.client.present if source else "",
            program=source.program.present if source else "",
            created_at=now,
            expires_at=now + min(timedelta(minutes=settings.HOLD_MINUTES), left),
            latest_at=now + left,
        )
    if not locked.is_held:
        if source and hold.changes >= MOST_CHANGES:
            raise HoldChangedTooOften(hold.changes)
        # A ticket that waits for payment is for the seats the hold had.
        drop_pending_tickets(hold_ids={hold.pk})
        hold.changes += 1
        hold.latest_at = min(hold.latest_at, now + left)
        hold.expires_at = min(hold.expires_at, hold.latest_at)
        hold.save(update_fields=["changes", "latest_at", "expires_at"])
    return hold


@atomically
def extend_hold(*, code: str, buyer: str) -> Hold:
    """Start the hold's HOLD_MINUTES anew, but end no later than its seats can be on hold, HOLD_MAX_MINUTES in all.

    Raises HoldExpired, HoldTimeLimitReached.
    """
    hold, now = lock_active_hold(code=code, buyer=buyer)
    if hold.expires_at >= hold.latest_at:
        raise HoldTimeLimitReached(settings.HOLD_MAX_MINUTES)
    hold.expires_at = max(hold.expires_at, min(now + timedelta(minutes=settings.HOLD_MINUTES), hold.latest_at))
    hold.save(update_fields=["expires_at"])
    return hold


@atomically
def release_hold(*, code: str, buyer: str) -> Hold:
    """Release the seats of the hold at once. Raises HoldExpired when they are gone already."""
    hold, now = lock_active_hold(code=code, buyer=buyer)
    release_seats(show=hold.show, hold=hold, at=now)
    offer_freed_seats(show=hold.show)
    return hold


def release_seats(*, show: Show, hold: Hold, at: datetime) -> None:
    """End an active hold at a show the caller has locked; its seats are free."""
    transition_seats(show=show, seats=lock_seats(show, Q(hold=hold)), step=Transition(Action.RELEASE, at, BUYER))
    hold.status, hold.expires_at = Hold.Status.RELEASED, at
    hold.save(update_fields=["status", "expires_at"])
    drop_pending_tickets(hold_ids={hold.pk})
    end_offers(show=show, hold_ids=[hold.pk], status=WaitingEntry.Status.LEFT)


def lock_active_hold(*, code: str, buyer: str) -> tuple[Hold, datetime]:
    """Lock the show of the buyer's hold and return the hold with the database's clock. Raises HoldExpired."""
    try:
        show = lock_show("screen__theatre", holds__code=code, holds__buyer=buyer)
    except Show.DoesNotExist:
        raise HoldExpired from None
    hold = Hold.objects.annotate(now=Now()).get(code=code)
    if not hold.is_active_at(hold.now):
        raise HoldExpired
    hold.show = show
    return hold, hold.now


def serve_waiting_list(*, show: Show) -> None:
    """Offer the seats of holds that have run out to those who wait at a locked show, before anybody else can have
    them."""
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
        raise SeatsUnavailable(taken)
