"""Offers: released seats are reserved for the waiting list first, in the order of its entries."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from cinema.domain.seating.blocks import best_block, may_fit
from cinema.domain.seating.places import SeatPlace
from cinema.models import Hold, Show, ShowSeat, WaitingEntry
from cinema.selectors.booking.places import NOBODY, places
from cinema.services.booking.ledger import Action, Actor, Author, Transition, transition_seats
from cinema.services.core.locking import lock_seats
from cinema.services.core.outbox import Kind, post

Status = WaitingEntry.Status


def offer_freed_seats(*, show: Show) -> int:
    """Hold available seats of a locked show for its waiting list, the oldest entry first; return the number of offers.

    Call it in the transaction that released the seats, so that nobody else can take them. The hall is searched once
    for each offer and at most once without result for each party size, however long the list is. A show without a
    waiting list costs no statement, one with too few free seats a single one.
    """
    if not (show.waited_for and show.seats_free):
        return 0
    sizes = _sizes_waiting(show)
    free = lock_seats(show, Q(status=ShowSeat.Status.AVAILABLE)) if sizes else []
    if not free or not show.on_sale_at(free[0].now):
        return 0
    now, offered, hall = free[0].now, 0, places(show, NOBODY)
    while entry := _first_waiting(show, sizes):
        if seats := _pick(free, hall, entry.party):
            _offer(entry, show, seats, now)
            free = [seat for seat in free if seat not in seats]
            offered += 1
        else:
            sizes.discard(entry.party)  # free seats only become fewer here, so no later party of that size fits
    return offered


def offered_to(*, entry: WaitingEntry) -> str:
    """The ``buyer`` of an offer's hold until the offer is taken."""
    return f"waiting {entry.code}"


def end_offers(*, show: Show, hold_ids: Collection[int], status: str) -> None:
    """Set the ``status`` of the offers of a locked show whose holds have ended."""
    if show.waited_for:  # a late payment may still book the seats of an ended offer
        WaitingEntry.objects.filter(hold__in=hold_ids).exclude(status=Status.TAKEN).update(status=status)


def _offer(entry: WaitingEntry, show: Show, seats: Sequence[ShowSeat], at: datetime) -> None:
    until = min(at + timedelta(minutes=settings.WAIT_OFFER_MINUTES), show.sales_end_at)
    buyer = offered_to(entry=entry)
    latest = max(until, at + timedelta(minutes=settings.HOLD_MAX_MINUTES))
    hold = Hold.objects.create(
        show=show, buyer=buyer, origin=entry.origin, created_at=at, expires_at=until, latest_at=latest
    )
    transition_seats(show=show, seats=seats, step=Transition(Action.HOLD, at, Author(Actor.CLOCK), hold=hold))
    entry.status, entry.hold, entry.offered_at = Status.OFFERED, hold, at
    entry.save(update_fields=["status", "hold", "offered_at"])
    post(kind=Kind.WAITING_OFFER, about=entry)


def _sizes_waiting(show: Show) -> set[int]:
    """The sizes of waiting parties, up to the number of free seats."""
    waiting = WaitingEntry.objects.filter(show=show, status=Status.WAITING, party__lte=show.seats_free)
    return set(waiting.order_by().values_list("party", flat=True).distinct())


def _first_waiting(show: Show, sizes: Collection[int]) -> WaitingEntry | None:
    """The oldest entry waiting for the show whose party has one of these sizes."""
    if not sizes:
        return None
    waiting = WaitingEntry.objects.filter(show=show, status=Status.WAITING, party__in=sizes)
    return waiting.order_by("pk").first()


def _pick(free: Sequence[ShowSeat], hall: Collection[SeatPlace], party: int) -> list[ShowSeat]:
    """The best free seats for a party; empty if there are too few."""
    left = {seat.pk for seat in free}
    places_now = [place._replace(free=place.pk in left) for place in hall]
    if not may_fit(places_now, party):
        return []
    chosen = {place.pk for place in best_block(places_now, party, avoid_singles=False) or []}
    return [seat for seat in free if seat.pk in chosen]
