"""Holding seats: set aside for one buyer until a moment."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

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
from cinema.services.booking.hold_limits import Source, check_hold_limits
from cinema.services.booking.ledger import Action, Actor, transition_seats
from cinema.services.booking.offers import end_offers, offer_freed_seats
from cinema.services.booking.seating import check_choice, choose_best
from cinema.services.core.locking import lock_seats, lock_show
from cinema.services.core.transactions import atomically

MOST_CHANGES = 30  # of the seats of one hold: each is written to the ledger for good


def hold_seats(*, show_id: int, seat_ids: Sequence[int], buyer: str, address: str = "", insist: bool = False) -> Hold:
    """Make exactly these seats the buyer's hold at the show: all of them, or the hold stays as it was.

    A first hold lasts HOLD_MINUTES; changing its seats does not prolong it. ``address`` is the network address the
    request comes from, "" if that is not known; ``insist`` as in seating.check_choice(). Raises
    PaymentsUnavailable, NoSeats, TooManySeats, DuplicateSeat, UnknownShow, UnknownSeats, ShowNotOnSale,
    SeatsUnavailable,
    CompanionOnlyWithWheelchair, LoveSeatsArePairs, StrandsSeats, TooManyHolds, HoldCooldown, ShowShareReached,
    SeatsKeptTooLong, HoldChangedTooOften.
    """
    guard(show_id=show_id, seat_ids=seat_ids, buyer=buyer)
    source = Source.of(address=address)
    return _hold_seats(show_id=show_id, wanted=set(seat_ids), buyer=buyer, source=source, insist=insist)


@atomically
def _hold_seats(*, show_id: int, wanted: set[int], buyer: str, source: Source, insist: bool) -> Hold:
    show = lock_show("screen__theatre", pk=show_id)
    serve_waiting_list(show=show)
    mine = _active_hold(show, buyer)
    return take_seats(show=show, wanted=wanted, buyer=buyer, hold=mine, source=source, insist=insist)[0]


def hold_best(
    *,
    show_id: int,
    party: int,
    buyer: str,
    address: str = "",
    category_id: int | None = None,
    ceiling: Decimal | None = None,
) -> tuple[Hold, list[SeatPlace]]:
    """Make the best seats that are left for ``party`` people the buyer's hold; return it with its places.

    Only of a category, if given, and none dearer than ``ceiling``. They are chosen under the show's lock, so nobody
    is refused while seats are left. ``address`` as in hold_seats(). Raises PaymentsUnavailable, NoSeats, TooManySeats,
    UnknownShow, ShowNotOnSale, UnknownCategory, NoBlockLeft, TooManyHolds, HoldCooldown, ShowShareReached,
    SeatsKeptTooLong, HoldChangedTooOften.
    """
    guard_best(show_id=show_id, party=party, buyer=buyer)
    order = {"show_id": show_id, "party": party, "buyer": buyer, "category_id": category_id, "ceiling": ceiling}
    order["source"] = Source.of(address=address)
    try:
        return _hold_best(**order)
    except SeatsUnavailable:  # the best of them were held by somebody whose time was over, and are off sale since
        release_expired(show_id=show_id)
        return _hold_best(**order)


@atomically
def _hold_best(
    *, show_id: int, party: int, buyer: str, category_id: int | None, ceiling: Decimal | None, source: Source
) -> tuple[Hold, list[SeatPlace]]:
    try:
        show = lock_show("screen__theatre", pk=show_id)
    except Show.DoesNotExist:
        raise UnknownShow from None
    now = Show.objects.values_list(Now(), flat=True).get(pk=show_id)
    _check_on_sale(show, now)
    serve_waiting_list(show=show)
    if release_due(show=show, at=now):
        offer_freed_seats(show=show)
    mine = _active_hold(show, buyer)
    best = choose_best(show=show, buyer=buyer, party=party, category_id=category_id, ceiling=ceiling)
    # As staff: that nobody is left alone where it can be avoided has been seen to.
    chosen = {place.pk for place in best}
    hold, _ = take_seats(show=show, wanted=chosen, buyer=buyer, hold=mine, source=source, staff=True)
    return hold, best


def take_seats(
    *,
    show: Show,
    wanted: Collection[int],
    buyer: str,
    hold: Hold | None,
    source: Source | None,
    related: Collection[str] = ("seat",),
    insist: bool = False,
    staff: bool = False,
) -> tuple[Hold, list[ShowSeat]]:
    """Hold ``wanted`` at a show the caller has locked with its theatre; ``hold`` is the buyer's there, if any.
    ``source`` is where the request comes from; None is from staff, who may hold as much as they need.

    Returns the hold and its seats, with what ``related`` names: their seats and more. Raises as hold_seats().
    """
    seats = lock_seats(show, _these(wanted, hold), *related)
    prefetch_related_objects([seat for seat in seats if seat.hold_id], "hold")  # few of them have one
    chosen = [seat for seat in seats if seat.pk in wanted]
    check_known(found=[seat.pk for seat in chosen], wanted=set(wanted))
    now = chosen[0].now
    _check_on_sale(show, now)
    if release_due(show=show, at=now):
        offer_freed_seats(show=show)
        return take_seats(
            show=show,
            wanted=wanted,
            buyer=buyer,
            hold=hold,
            source=source,
            related=related,
            insist=insist,
            staff=staff,
        )
    _check_free(chosen, buyer, now)
    if {seat.pk for seat in seats if seat.hold and seat.hold == hold and hold.is_active_at(now)} != set(wanted):
        check_choice(show=show, chosen=chosen, buyer=buyer, now=now, insist=insist, staff=staff)
    if any(seat.hold and not seat.hold.is_active_at(now) for seat in seats):
        expire_due_holds(show=show)
        hold = hold if hold and hold.is_active_at(now) else None
        seats = lock_seats(show, _these(wanted, hold), *related)
        _check_free([seat for seat in seats if seat.pk in wanted], buyer, now)  # some may be off sale since
    chosen = [seat for seat in seats if seat.pk in wanted]
    hold = _hold_for(show, buyer, hold, seats, chosen, source, now)
    added = [seat for seat in chosen if seat.status == ShowSeat.Status.AVAILABLE]
    dropped = [seat for seat in seats if seat.pk not in wanted]
    if dropped:
        transition_seats(show=show, seats=dropped, action=Action.RELEASE, at=now, actor=Actor.BUYER)
    if added:
        transition_seats(show=show, seats=added, action=Action.HOLD, at=now, actor=Actor.BUYER, hold=hold)
    offer_freed_seats(show=show)  # what was dropped or had run out
    return hold, chosen


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
    transition_seats(show=show, seats=lock_seats(show, Q(hold=hold)), action=Action.RELEASE, at=at, actor=Actor.BUYER)
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


def _these(wanted: Collection[int], hold: Hold | None) -> Q:
    return Q(pk__in=wanted) | Q(hold=hold) if hold else Q(pk__in=wanted)


def _hold_for(
    show: Show,
    buyer: str,
    hold: Hold | None,
    seats: Sequence[ShowSeat],
    chosen: Sequence[ShowSeat],
    source: Source | None,
    now: datetime,
) -> Hold:
    """The buyer's hold, made or made ready to be of ``chosen`` instead of those of ``seats`` that it has."""
    changes = {seat.pk for seat in seats if hold and seat.hold_id == hold.pk} != {seat.pk for seat in chosen}
    left = timedelta(minutes=settings.HOLD_MAX_MINUTES)
    if source and any(seat.status == ShowSeat.Status.AVAILABLE for seat in chosen):
        left = check_hold_limits(show=show, buyer=buyer, source=source, hold=hold, seats=chosen, now=now)
    if hold is None:
        return Hold.objects.create(
            show=show,
            buyer=buyer,
            origin=source.client.present if source else "",
            program=source.program.present if source else "",
            created_at=now,
            expires_at=now + min(timedelta(minutes=settings.HOLD_MINUTES), left),
            latest_at=now + left,
        )
    if changes:
        if source and hold.changes >= MOST_CHANGES:
            raise HoldChangedTooOften(hold.changes)
        # A ticket that waits for payment is for the seats the hold had.
        drop_pending_tickets(hold_ids={hold.pk})
        hold.changes += 1
        hold.latest_at = min(hold.latest_at, now + left)
        hold.expires_at = min(hold.expires_at, hold.latest_at)
        hold.save(update_fields=["changes", "latest_at", "expires_at"])
    return hold


def _active_hold(show: Show, buyer: str) -> Hold | None:
    return Hold.objects.filter(show=show, buyer=buyer, status=Hold.Status.ACTIVE).first()


def _check_on_sale(show: Show, now: datetime) -> None:
    if show.status == Show.Status.DRAFT:
        raise UnknownShow
    if not show.on_sale_at(now):
        raise ShowNotOnSale(show)


def _check_free(seats: Collection[ShowSeat], buyer: str, now: datetime) -> None:
    taken = [
        seat
        for seat in seats
        if seat.status != ShowSeat.Status.AVAILABLE
        and not (seat.hold and (seat.hold.buyer == buyer or not seat.hold.is_active_at(now)))
    ]
    if taken:
        raise SeatsUnavailable(taken)
