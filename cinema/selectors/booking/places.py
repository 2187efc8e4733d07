"""The hall of a show as SeatPlaces, for cinema.domain.seating."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from time import monotonic
from typing import NamedTuple

from django.db.models.functions import Now

from cinema.domain.fees import BookingFee
from cinema.domain.seating.places import SeatPlace
from cinema.domain.seating.prices import agreed_prices
from cinema.models import Show, ShowSeat, Theatre
from cinema.models.theatres import FeeBasis

LATELY = 0.5  # seconds
MOST_HALLS = 64  # snapshots kept by a process
NOBODY = ""
FEE = ("show__screen__theatre__web_fee", "show__screen__theatre__web_fee_basis")


class Snapshot(NamedTuple):
    """A hall read ``at`` (monotonic seconds) for a buyer without holds; ``holders`` maps held seats to their buyers."""

    at: float
    places: list[SeatPlace]
    holders: dict[int, str]


_snapshots: dict[int, Snapshot] = {}


def recent_places(show_id: int) -> list[SeatPlace]:
    """The seats of a show for a buyer without holds, at most LATELY seconds old, at the prices that the map shows.

    For suggestions only, which may be outdated when used anyway. Many requests at once share one statement.
    """
    if snapshot := _fresh(show_id):
        return snapshot.places
    rows = list(_read(show_id, NOBODY, with_fee=True))
    snapshot = Snapshot(
        monotonic(),
        [place for place, _holder in rows],
        {place.pk: holder for place, holder in rows if holder},
    )
    if len(_snapshots) >= MOST_HALLS:
        _snapshots.clear()
    _snapshots[show_id] = snapshot
    return snapshot.places


def recently_taken(show_id: int, seat_ids: Collection[int], buyer: str) -> list[SeatPlace]:
    """Those of the seats that were taken for the buyer in a fresh snapshot; none if there is no fresh snapshot."""
    snapshot = _fresh(show_id)
    if snapshot is None:
        return []
    wanted = set(seat_ids)
    return [p for p in snapshot.places if p.pk in wanted and not p.free and snapshot.holders.get(p.pk) != buyer]


def _fresh(show_id: int) -> Snapshot | None:
    snapshot = _snapshots.get(show_id)
    return snapshot if snapshot and monotonic() - snapshot.at < LATELY else None


def places(
    show: Show, buyer: str, rows: Collection[int] | None = None, *, own: Collection[int] = ()
) -> list[SeatPlace]:
    """The seats of the show for the buyer, in one statement; only those in ``rows`` (Seat.y), if given.

    A seat is free if it is available, held by the buyer, among ``own``, or its hold has expired by the database's
    clock.
    """
    return [place for place, _holder in _read(show.pk, buyer, rows, own)]


def _read(
    show_id: int,
    buyer: str,
    rows: Collection[int] | None = None,
    own: Collection[int] = (),
    *,
    with_fee: bool = False,
) -> Iterator[tuple[SeatPlace, str | None]]:
    """Yield the seats as places() does, each with its holder; ``with_fee``: at the prices on the website."""
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
        *(FEE if with_fee else ()),
    )
    for pk, row, number, x, y, price, category, kind, status, holder, ends, now, *fee in read:
        if fee:
            price = BookingFee(fee[0], fee[1] == FeeBasis.ORDER).added_to(price)
        free = _is_free(buyer, status, holder, ends, now) or pk in own
        yield SeatPlace(pk, row, number, x, y, price, category, kind, free), holder


def _is_free(buyer: str, status: str, holder: str | None, ends: datetime | None, now: datetime) -> bool:
    return status == ShowSeat.Status.AVAILABLE or bool(ends and (holder == buyer or ends <= now))


def place_of(show_seat: ShowSeat) -> SeatPlace:
    """A chosen seat, loaded with its Seat, as a free place."""
    seat = show_seat.seat
    return SeatPlace(
        show_seat.pk, seat.row, seat.number, seat.x, seat.y, show_seat.price, seat.category_id, seat.kind, True
    )


def prices_of(
    show_seats: Iterable[ShowSeat], theatre: Theatre, amounts: Mapping[int, Decimal] | None = None
) -> dict[int, Decimal]:
    """The price of each chosen seat, loaded with its Seat, by key.

    ``amounts`` are prices with other than the plain ticket type, by the same keys.
    """
    places, amounts = map(place_of, show_seats), amounts or {}
    priced = [place._replace(price=amounts.get(place.pk, place.price)) for place in places]
    return agreed_prices(priced, carer_free=theatre.carer_free)
