"""Seats off sale: broken ones, and house seats held back."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone

from cinema.models import SeatBlock, Show, ShowSeat
from cinema.services.ledger import Action, Actor, move_seats
from cinema.services.locking import lock_seats


def apply_blocks(*, shows: Sequence[Show]) -> None:
    """Take off sale what standing blocks cover, at shows just made that nobody else knows yet."""
    blocks = SeatBlock.objects.filter(screen__in={show.screen_id for show in shows}, lifted_at=None)
    blocks = list(blocks.prefetch_related("seats"))
    for show in shows if blocks else ():
        covering = [block for block in blocks if block.screen_id == show.screen_id and block.covers(show.trading_day)]
        seat_ids = {seat.pk for block in covering for seat in block.seats.all()}
        seats = lock_seats(show, Q(seat__in=seat_ids, status=ShowSeat.Status.AVAILABLE)) if seat_ids else []
        if seats:
            move_seats(show=show, seats=seats, action=Action.BLOCK, at=timezone.now(), actor=Actor.STAFF)
