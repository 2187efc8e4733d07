"""The seats of a hall, and the rules for wheelchair spaces, companion seats and love seats in a choice."""

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
    """A seat at a show. ``pk`` is the key of the ShowSeat, ``category`` that of its category.

    ``free`` means free for the current buyer, whose own held seats are included.
    """

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
    """Sort from the front row to the back, each row from the left."""
    return sorted(places, key=lambda place: (place.y, place.x))


def companions(places: Iterable[SeatPlace]) -> dict[int, int]:
    """Match companion seats with wheelchair spaces beside them, one each; seats without a match are left out."""
    wheelchairs = {(p.y, p.x): p.pk for p in places if p.kind == WHEELCHAIR}
    given = {}
    for place in in_order(p for p in places if p.kind == COMPANION):
        for x in (place.x - WIDTH, place.x + WIDTH):  # the left one first: no seat further right could use it
            if (place.y, x) in wheelchairs:
                given[place.pk] = wheelchairs.pop((place.y, x))
                break
    return given


def lone_companions(chosen: Collection[SeatPlace]) -> list[SeatPlace]:
    """Return the chosen companion seats without a chosen wheelchair space of their own beside them."""
    given = companions(chosen)
    return [place for place in chosen if place.kind == COMPANION and place.pk not in given]


def wheelchairs_beside(places: Collection[SeatPlace]) -> dict[int, list[int]]:
    """Return the keys of the wheelchair spaces on either side of each companion seat, by its key."""
    wheelchairs = {(p.y, p.x): p.pk for p in places if p.kind == WHEELCHAIR}
    return {
        p.pk: [wheelchairs[p.y, x] for x in (p.x - WIDTH, p.x + WIDTH) if (p.y, x) in wheelchairs]
        for p in places
        if p.kind == COMPANION
    }


def partners(places: Iterable[SeatPlace]) -> dict[int, int]:
    """Map each half of a love seat to the other half, by key. Neighbours are paired from the left.

    ``places`` are whole rows.
    """
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
    """Return each chosen half of a love seat whose other half is free but not chosen, with that other half.

    A half may be sold by itself if the other half is not free, for example blocked. ``places`` are whole rows.
    """
    by_pk = {place.pk: place for place in places}
    halves = partners(places)
    return [
        (by_pk[pk], by_pk[halves[pk]])
        for pk in sorted(chosen)
        if pk in halves and halves[pk] not in chosen and by_pk[halves[pk]].free
    ]
