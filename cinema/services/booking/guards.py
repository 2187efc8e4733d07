"""Lock-free checks that reject requests which cannot succeed, so that only the others wait for the show's lock."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from math import inf
from time import monotonic

from django.conf import settings

from cinema.exceptions import (
    DuplicateSeat,
    NoBlockLeft,
    NoSeats,
    PaymentsUnavailable,
    SeatsUnavailable,
    TakenSeat,
    TooManySeats,
    UnknownSeats,
    UnknownShow,
)
from cinema.models import Seat, Show, ShowSeat
from cinema.observability.metrics import refusals
from cinema.selectors.booking.recent import recently_full, recently_taken
from cinema.services.booking import sql

CONTESTED_FOR = 10.0  # seconds for which a show counts as contested after a refusal
MOST_CONTESTED = 1_000  # shows that each process keeps in memory

_contested: dict[int, float] = {}  # when seats of a show were last refused, by its key


@refusals()
def guard(*, show_id: int, seat_ids: Sequence[int], buyer: str) -> None:
    """Check a request for exactly these seats. Raises as holds.hold_seats().

    The seats are read only if some of the show were refused in the last CONTESTED_FOR seconds. Elsewhere a request will
    probably succeed and needs the lock anyway, so the check would only add a statement. While many requests are
    rejected, the cached seat map answers without a statement: see selectors.booking.recent.
    """
    _check_number(len(seat_ids))
    if len(set(seat_ids)) < len(seat_ids):
        raise DuplicateSeat
    if monotonic() - _contested.get(show_id, -inf) > CONTESTED_FOR:
        return
    if gone := recently_taken(show_id, seat_ids, buyer):
        raise SeatsUnavailable([TakenSeat(place.pk, place) for place in gone])
    rows = sql.SEATS_ASKED.rows(show=show_id, seats=list(seat_ids))
    if not rows and not Show.objects.filter(pk=show_id).exclude(status=Show.Status.DRAFT).exists():
        raise UnknownShow
    check_known(found=[row.pk for row in rows], wanted=set(seat_ids))
    taken = [
        _named(row.pk, row.row, row.number)
        for row in rows
        if row.status != ShowSeat.Status.AVAILABLE
        and not (row.expires_at and (row.buyer == buyer or row.expires_at <= row.now))
        and not (row.status == ShowSeat.Status.BLOCKED and row.release_at and row.release_at <= row.now)
    ]
    if taken:
        mark_contested(show_id)
        raise SeatsUnavailable(taken)


def mark_contested(show_id: int) -> None:
    """Note that seats of a show were just refused, so that guard() reads its seats from now on."""
    _contested.pop(show_id, None)
    while len(_contested) >= MOST_CONTESTED:
        _contested.pop(next(iter(_contested)), None)
    _contested[show_id] = monotonic()


@refusals()
def guard_best(
    *, show_id: int, party: int, buyer: str, category_id: int | None = None, ceiling: Decimal | None = None
) -> None:
    """Check a request for the best seats, without a statement while many are rejected. Raises as holds.hold_best()."""
    _check_number(party)
    left = recently_full(show_id, buyer, party, category_id, ceiling)
    if left is not None:
        raise NoBlockLeft(party if left else 1, limited=bool(left) and (category_id, ceiling) != (None, None))
    _check_room(show_id, party, buyer)


def check_known(*, found: Collection[int], wanted: set[int]) -> None:
    """Raise UnknownSeats for the keys in ``wanted`` that are not in ``found``."""
    if unknown := wanted.difference(found):
        raise UnknownSeats(unknown)


def _check_number(seats: int) -> None:
    if not settings.PAYMENT_GATEWAYS:
        raise PaymentsUnavailable
    if seats < 1:
        raise NoSeats
    if seats > settings.MAX_SEATS:
        raise TooManySeats(seats, settings.MAX_SEATS)


def _check_room(show_id: int, party: int, buyer: str) -> None:
    """Raise NoBlockLeft if the show has too few free seats, and no expired hold or hold of the buyer to free more."""
    for row in sql.FULL_SHOW.rows(show=show_id, party=party, buyer=buyer):
        raise NoBlockLeft(party if row.seats_free else 1)


def _named(pk: int, row: str, number: int) -> ShowSeat:
    """An unsaved seat with the fields that name it."""
    return ShowSeat(pk=pk, seat=Seat(row=row, number=number))
