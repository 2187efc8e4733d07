"""Seats that come back are kept for the waiting list first, in the order of the line."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from cinema.models import Hold, Show, ShowSeat, WaitingEntry
from cinema.seating.blocks import best_block
from cinema.seating.places import Place
from cinema.selectors.places import NOBODY, places
from cinema.services.ledger import Action, Actor, move_seats
from cinema.services.locking import lock_seats
from cinema.services.mailing import mail_waiting
from cinema.services.transactions import after_commit

Status = WaitingEntry.Status


def offer_freed_seats(*, show: Show) -> int:
    """Keep free seats of a locked show for whoever waits, first come, as far as a party fits; return for how many.

    Called in the transaction that freed them, so that nobody else sees them free. A show nobody ever waited for
    costs no statement.
    """
    if not (show.waited_for and show.seats_free):
        return 0
    line = list(WaitingEntry.objects.filter(show=show, status=Status.WAITING).order_by("pk"))
    free = lock_seats(show, Q(status=ShowSeat.Status.AVAILABLE)) if line else []
    if not free or not show.on_sale_at(free[0].now):
        return 0
    now, offered, hall = free[0].now, 0, places(show, NOBODY)
    for entry in line:
        if seats := _pick(free, hall, entry.party):
            _offer(entry, show, seats, now)
            free = [seat for seat in free if seat not in seats]
            offered += 1
    return offered


def end_offers(*, show: Show, hold_ids: Collection[int], status: str) -> None:
    """Note what became of offers whose holds are over, at a show the caller has locked."""
    if show.waited_for:  # money that comes late may still book the seats of an offer that was over
        WaitingEntry.objects.filter(hold__in=hold_ids).exclude(status=Status.TAKEN).update(status=status)


def _offer(entry: WaitingEntry, show: Show, seats: Sequence[ShowSeat], at: datetime) -> None:
    until = min(at + timedelta(minutes=settings.WAIT_OFFER_MINUTES), show.sales_end_at)
    buyer = f"waiting {entry.code}"
    hold = Hold.objects.create(show=show, buyer=buyer, origin=entry.origin, created_at=at, expires_at=until)
    move_seats(show=show, seats=seats, action=Action.HOLD, at=at, actor=Actor.CLOCK, hold=hold)
    entry.status, entry.hold, entry.offered_at, entry.emailed_at = Status.OFFERED, hold, at, None
    entry.save(update_fields=["status", "hold", "offered_at", "emailed_at"])
    after_commit(mail_waiting, entry_id=entry.pk)


def _pick(free: Sequence[ShowSeat], hall: Collection[Place], party: int) -> list[ShowSeat]:
    """The best of the free seats of the hall for a party; none when there are too few."""
    left = {seat.pk for seat in free}
    best = best_block([place._replace(free=place.pk in left) for place in hall], party, avoid_singles=False) or []
    chosen = {place.pk for place in best}
    return [seat for seat in free if seat.pk in chosen]
