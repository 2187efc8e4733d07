"""The hall of a show as SeatPlaces, for cinema.domain.seating."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models.functions import Now

from cinema.domain.seating.places import SeatPlace
from cinema.domain.seating.prices import agreed_prices
from cinema.models import Show, ShowSeat, Theatre

NOBODY = ""


def places(
    show: Show, buyer: str, rows: Collection[int] | None = None, *, own: Collection[int] = ()
) -> list[SeatPlace]:
    """The seats of the show for the buyer, in one statement; only those in ``rows`` (Seat.y), if given.

    A seat is free if it is available, held by the buyer, among ``own``, or its hold has expired by the database's
    clock.
    """
    seats = ShowSeat.objects.filter(show=show.pk).exclude(status=ShowSeat.Status.REMOVED)
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
    return [
        SeatPlace._make((*place, _is_free(buyer, *state) or place[0] in own))
        for place, state in ((row[:8], row[8:]) for row in read)
    ]


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
