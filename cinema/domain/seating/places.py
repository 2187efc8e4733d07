"""The places of a hall, and the rules for wheelchair spaces, companion seats and love seats in a choice."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

WIDTH = 2  # of a seat, in the half seat widths that ``x`` counts
STANDARD, WHEELCHAIR, COMPANION, LOVE = "STANDARD", "WHEELCHAIR", "COMPANION", "LOVE"  # as Seat.Kind


class Located(Protocol):
    """Anything with a place in the hall, counted in half seat widths."""

    @property
    def x(self) -> int: ...

    @property
    def y(self) -> int: ...


AnyLocated = TypeVar("AnyLocated", bound=Located)


class SeatPlace(NamedTuple):
    """A seat at a show. ``pk`` is the ShowSeat's, ``category`` its category's; ``free`` means for the one who asks:
    seats they hold themselves are free to them."""

    pk: int
    row: str
    number: int
    x: int
    y: int
    price: Decimal
    category: int
    kind: str = STANDARD
    free: bool = True


def in_order(places: Iterable[AnyLocated]) -> list[AnyLocated]:
    """From the front row to the back, each from the left."""
    return sorted(places, key=lambda place: (place.y, place.x))


def companions(places: Iterable[SeatPlace]) -> dict[int, int]:
    """Match companion seats with wheelchair spaces beside them, one each; seats without a match are left out."""
    wheelchairs = {(p.y, p.x): p.pk for p in places if p.kind == WHEELCHAIR}
    given = {}
    for place in in_order(p for p in places if p.kind == COMPANION):
        for x in (place.x - WIDTH, place.x + WIDTH):  # the left first: nobody further right could use it
            if (place.y, x) in wheelchairs:
                given[place.pk] = wheelchairs.pop((place.y, x))
                break
    return given


def lone_companions(chosen: Collection[SeatPlace]) -> list[SeatPlace]:
    """The companion seats of a choice that have no wheelchair space of their own beside them in it."""
    given = companions(chosen)
    return [place for place in chosen if place.kind == COMPANION and place.pk not in given]


def wheelchairs_beside(places: Collection[SeatPlace]) -> dict[int, list[int]]:
    """The wheelchair spaces on either side of each companion seat."""
    wheelchairs = {(p.y, p.x): p.pk for p in places if p.kind == WHEELCHAIR}
    return {
        p.pk: [wheelchairs[p.y, x] for x in (p.x - WIDTH, p.x + WIDTH) if (p.y, x) in wheelchairs]
        for p in places
        if p.kind == COMPANION
    }


def partners(places: Iterable[SeatPlace]) -> dict[int, int]:
    """The other half of each love seat: neighbours pair up from the left. ``places`` are whole rows."""
    halves: dict[int, int] = {}
    left: SeatPlace | None = None
    for place in in_order(p for p in places if p.kind == LOVE):
        if left and (left.y, left.x + WIDTH) == (place.y, place.x):
            halves |= {left.pk: place.pk, place.pk: left.pk}
            left = None
        else:
            left = place
    return halves


def missing_halves(places: Collection[SeatPlace], chosen: Collection[int]) -> list[tuple[SeatPlace, SeatPlace]]:
    """The love seats of which only one half is chosen, each with its other half. One whose other half nobody can
    have any more (it is blocked, say) is sold by itself. ``places`` are whole rows."""
    by_pk = {place.pk: place for place in places}
    halves = partners(places)
    return [
        (by_pk[pk], by_pk[halves[pk]])
        for pk in sorted(chosen)
        if pk in halves and halves[pk] not in chosen and by_pk[halves[pk]].free
    ]
