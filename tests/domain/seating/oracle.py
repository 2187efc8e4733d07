"""The rule about single seats by brute force, independent of cinema.domain.seating."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import product

from cinema.domain.seating.places import SeatPlace

Spot = tuple[int, int]


def ordinary(places: Collection[SeatPlace]) -> dict[Spot, SeatPlace]:
    return {(p.y, p.x): p for p in places if p.free and p.kind == "STANDARD"}


def beside(spot: Spot) -> list[Spot]:
    return [(spot[0], spot[1] - 2), (spot[0], spot[1] + 2)]


def left_alone(places: Collection[SeatPlace], chosen: Collection[int]) -> set[int]:
    """The free seats that have a free neighbour before the choice and none after it."""
    before = ordinary(places)
    after = {spot: place for spot, place in before.items() if place.pk not in chosen}
    return {
        place.pk
        for spot, place in after.items()
        if any(other in before for other in beside(spot)) and not any(other in after for other in beside(spot))
    }


def shape(places: Collection[SeatPlace], chosen: Collection[int]) -> Counter[tuple[int, int, int]]:
    """Count the parts of a choice by category, price and number of neighbours."""
    left = {spot: p for spot, p in ordinary(places).items() if p.pk in chosen}
    parts = Counter()
    for spot in sorted(left):
        if spot not in left:
            continue
        size, (y, x), first = 0, spot, left[spot]
        while (y, x) in left and (left[y, x].category, left[y, x].price) == (first.category, first.price):
            del left[y, x]
            size, x = size + 1, x + 2
        parts[first.category, first.price, size] += 1
    return parts


def placings(places: Collection[SeatPlace], part: tuple[int, int, int]) -> Iterator[frozenset[int]]:
    category, price, size = part
    free = ordinary(places)
    for y, x in free:
        seats = [free.get((y, x + 2 * n)) for n in range(size)]
        if all(seat and (seat.category, seat.price) == (category, price) for seat in seats):
            yield frozenset(seat.pk for seat in seats)


def can_be_avoided(places: Collection[SeatPlace], chosen: Collection[int]) -> bool:
    """Whether the parts of the choice could be placed without stranding a seat. Tries every combination."""
    parts = list(shape(places, chosen).elements())
    for ways in product(*(list(placings(places, part)) for part in parts)):
        seats = frozenset().union(*ways)
        if len(seats) == sum(map(len, ways)) and not left_alone(places, seats):
            return True
    return False
