"""Seating rules: check a choice of seats, or choose the best ones. Both run under the show's lock."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from cinema.domain.seating.blocks import best_block
from cinema.domain.seating.places import SeatPlace, in_order, lone_companions, missing_halves
from cinema.domain.seating.singles import refusal, strays
from cinema.exceptions import (
    CompanionOnlyWithWheelchair,
    LoveSeatsArePairs,
    NoBlockLeft,
    StrandsSeats,
    UnknownCategory,
)
from cinema.models import Seat, Show, ShowSeat, Theatre
from cinema.selectors.booking.places import NOBODY, place_of, places


class SeatChoice(NamedTuple):
    """Available seats that ``buyer`` chose at a show, each with its place in the hall.

    ``own`` are seats that the buyer gives up for these. ``staff`` may leave single seats; so may a buyer with
    ``insist``, which accepts the warning of a theatre that only warns.
    """

    seats: Sequence[ShowSeat]
    buyer: str = NOBODY
    own: Collection[int] = ()
    insist: bool = False
    staff: bool = False


def check_choice(*, show: Show, choice: SeatChoice, now: datetime) -> None:
    """Check a choice against the seating rules. The show must be locked and loaded with its theatre.

    Where single seats are allowed and no love seat is chosen it reads nothing; otherwise the rows concerned, and the
    whole hall only to find alternatives. Raises CompanionOnlyWithWheelchair, LoveSeatsArePairs, StrandsSeats.
    """
    chosen, buyer, own, insist, staff = choice
    theatre, kinds = show.screen.theatre, {seat.seat.kind for seat in chosen}
    if Seat.Kind.COMPANION in kinds:
        _check_companions(show, theatre, [place_of(seat) for seat in chosen], now)
    warns = theatre.single_seats == Theatre.SingleSeats.WARN
    no_singles = theatre.single_seats != Theatre.SingleSeats.ALLOW and not staff and not (warns and insist)
    if Seat.Kind.LOVE not in kinds and not (no_singles and Seat.Kind.STANDARD in kinds):
        return
    pks, rows = {seat.pk for seat in chosen}, places(show, buyer, {seat.seat.y for seat in chosen}, own=own)
    if halves := missing_halves(rows, pks):
        seats, others = zip(*halves, strict=True)
        whole = in_order([*map(place_of, chosen), *others])
        raise LoveSeatsArePairs(seats, others, [whole] if len(whole) <= settings.MAX_SEATS else [])
    if no_singles and strays(rows, pks) and (said := refusal(places(show, buyer, own=own), pks)):
        raise StrandsSeats(said.seats, said.choices, may_insist=warns)


def choose_best(
    *, show: Show, buyer: str, party: int, category_id: int | None = None, ceiling: Decimal | None = None
) -> list[SeatPlace]:
    """The best available seats for a party that pass check_choice(). The show must be locked, with its theatre.

    Raises UnknownCategory, NoBlockLeft.
    """
    hall = places(show, buyer)
    if category_id is not None and category_id not in {place.category for place in hall}:
        raise UnknownCategory
    no_singles = show.screen.theatre.single_seats != Theatre.SingleSeats.ALLOW
    block = best_block(hall, party, category_id, ceiling, avoid_singles=no_singles)
    if block is None:
        raise NoBlockLeft(party, limited=category_id is not None or ceiling is not None)
    said = refusal(hall, {place.pk for place in block}) if no_singles else None
    return said.choices[0] if said else block


def _check_companions(show: Show, theatre: Theatre, chosen: Sequence[SeatPlace], now: datetime) -> None:
    if now < show.starts_at - timedelta(minutes=theatre.companion_release) and (lone := lone_companions(chosen)):
        raise CompanionOnlyWithWheelchair(lone, theatre.companion_release)
