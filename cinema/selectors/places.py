"""The hall of a show as plain geometry, for cinema.seating."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import lru_cache
from time import monotonic

from django.db.models.functions import Now

from cinema.models import Show, ShowSeat, Theatre
from cinema.seating.places import Place
from cinema.seating.prices import agreed_prices

LATELY = 0.5  # seconds
NOBODY = ""


def hall_lately(show_id: int) -> list[Place]:
    """The seats of a show as they stand for somebody who holds none, now or LATELY ago: for advice, which may be late
    by the time it is followed anyhow. When a crowd comes, all who ask at once share one look at the hall."""
    return _hall_at(show_id, int(monotonic() / LATELY))


@lru_cache(maxsize=64)
def _hall_at(show_id: int, moment: int) -> list[Place]:
    return places(Show(pk=show_id), NOBODY)


def places(show: Show, buyer: str, rows: Collection[int] | None = None) -> list[Place]:
    """The seats of the show as they stand for the buyer, in one statement; only of ``rows`` (Seat.y), if given.

    A seat is free to them that is available, that they hold, or whose hold has run out by the database's clock.
    """
    seats = ShowSeat.objects.filter(show=show)
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
        Place(*place, status == ShowSeat.Status.AVAILABLE or bool(ends and (holder == buyer or ends <= now)))
        for *place, status, holder, ends, now in read
    ]


def place_of(show_seat: ShowSeat) -> Place:
    """A chosen seat, which comes with its seat: free to the one who chose it."""
    seat = show_seat.seat
    return Place(
        show_seat.pk, seat.row, seat.number, seat.x, seat.y, show_seat.price, seat.category_id, seat.kind, True
    )


def prices_of(show_seats: Iterable[ShowSeat], theatre: Theatre) -> dict[int, Decimal]:
    """What each seat of a choice, which comes with its seat, costs at the theatre."""
    return agreed_prices([place_of(seat) for seat in show_seats], carer_free=theatre.carer_free)
