"""The hall of a show as plain geometry, for cinema.domain.seating."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import NamedTuple

from django.db.models.functions import Now

from cinema.domain.seating.places import SeatPlace
from cinema.domain.seating.prices import agreed_prices
from cinema.models import Show, ShowSeat, Theatre

LATELY = 0.5  # seconds
MOST_HALLS = 64  # that are remembered
NOBODY = ""


class Look(NamedTuple):
    """A hall as it was a moment ago for somebody who holds nothing, and who held its held seats."""

    at: float
    places: list[SeatPlace]
    holders: dict[int, str]


_looks: dict[int, Look] = {}


def hall_lately(show_id: int) -> list[SeatPlace]:
    """The seats of a show as they stand for somebody who holds none, now or LATELY ago: for advice, which may be late
    by the time it is followed anyhow. When a crowd comes, all who ask at once share one look at the hall."""
    if look := _fresh(show_id):
        return look.places
    rows = list(_read(show_id, NOBODY))
    look = Look(
        monotonic(),
        [place for place, _holder in rows],
        {place.pk: holder for place, holder in rows if holder},
    )
    if len(_looks) >= MOST_HALLS:
        _looks.clear()
    _looks[show_id] = look
    return look.places


def taken_lately(show_id: int, seat_ids: Collection[int], buyer: str) -> list[SeatPlace]:
    """Which of these seats were gone for the buyer at the latest look; none where nobody has looked LATELY."""
    look = _fresh(show_id)
    if look is None:
        return []
    wanted = set(seat_ids)
    return [p for p in look.places if p.pk in wanted and not p.free and look.holders.get(p.pk) != buyer]


def _fresh(show_id: int) -> Look | None:
    look = _looks.get(show_id)
    return look if look and monotonic() - look.at < LATELY else None


def places(
    show: Show, buyer: str, rows: Collection[int] | None = None, *, own: Collection[int] = ()
) -> list[SeatPlace]:
    """The seats of the show as they stand for the buyer, in one statement; only of ``rows`` (Seat.y), if given.

    A seat is free to them that is available, that they hold or have bought (``own``), or whose hold has run out by the
    database's clock.
    """
    return [place for place, _holder in _read(show.pk, buyer, rows, own)]


def _read(
    show_id: int, buyer: str, rows: Collection[int] | None = None, own: Collection[int] = ()
) -> Iterator[tuple[SeatPlace, str | None]]:
    """The seats as places(), each with the buyer who holds it."""
    seats = ShowSeat.objects.filter(show=show_id).exclude(status=ShowSeat.Status.REMOVED)
    if rows is not None:
        seats = seats.filter(seat__y__in=rows)
    read = seats.order_by("seat__y", "seat__x").values_list(
        "pk",
        "seat__row",
        "seat__number",
        "seat__x",
        "seat__y",
        "price",
        "seat__category_id",
        "seat__kind",
        "status",
        "hold__buyer",
        "hold__expires_at",
        Now(),
    )
    for pk, row, number, x, y, price, category, kind, status, holder, ends, now in read:
        free = _is_free(buyer, status, holder, ends, now) or pk in own
        yield SeatPlace(pk, row, number, x, y, price, category, kind, free), holder


def _is_free(buyer: str, status: str, holder: str | None, ends: datetime | None, now: datetime) -> bool:
    return status == ShowSeat.Status.AVAILABLE or bool(ends and (holder == buyer or ends <= now))


def place_of(show_seat: ShowSeat) -> SeatPlace:
    """A chosen seat, which comes with its seat: free to the one who chose it."""
    seat = show_seat.seat
    return SeatPlace(
        show_seat.pk, seat.row, seat.number, seat.x, seat.y, show_seat.price, seat.category_id, seat.kind, True
    )


def prices_of(
    show_seats: Iterable[ShowSeat], theatre: Theatre, amounts: Mapping[int, Decimal] | None = None
) -> dict[int, Decimal]:
    """What each seat of a choice, which comes with its seat, costs at the theatre: with the plain ticket, or, by the
    seats' keys, the ``amounts`` of others."""
    places, amounts = map(place_of, show_seats), amounts or {}
    priced = [place._replace(price=amounts.get(place.pk, place.price)) for place in places]
    return agreed_prices(priced, carer_free=theatre.carer_free)
