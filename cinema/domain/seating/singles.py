"""The rule that a choice must not strand a single seat, so that pairs still find two seats together.

Only ordinary seats count. Wheelchair spaces, companion seats and love seats have rules of their own, in `places`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from itertools import accumulate, groupby
from operator import itemgetter
from typing import NamedTuple

from cinema.domain.seating.places import STANDARD, SeatPlace, in_order
from cinema.domain.seating.rows import Block, distance, middle, stretches

NEARBY = 60  # alternatives are searched among this many seats first
NEARLY_FULL = 0.1  # the rule does not apply when at most this share of the seats is free


class SeatGroup(NamedTuple):
    """A part of a choice: ``size`` neighbours of one category and price."""

    category: int
    price: Decimal
    size: int


class SingleSeat(NamedTuple):
    """A rejected choice: the ``seats`` it would strand, and the nearest ``choices`` that are allowed."""

    seats: list[SeatPlace]
    choices: list[list[SeatPlace]]


Class = tuple[int, Decimal]  # category and price
Trail = tuple[Block, "Trail"] | None  # the blocks placed so far, the last one first
Found = tuple[float, Trail]  # total distance from the chosen seats, and the blocks
State = tuple[tuple[int, ...], int]  # parts of each shape still to be placed; free seats just before (2: two or more)
Ways = defaultdict[State, list[Found]]


def strays(places: Iterable[SeatPlace], chosen: Collection[int]) -> list[SeatPlace]:
    """Return the free seats whose last free neighbour the choice would take. ``places`` are whole rows."""
    left = []
    for stretch in stretches(places):
        if len(stretch) > 1:
            for taken, group in groupby(stretch, key=lambda place: place.pk in chosen):
                seats = list(group)
                if not taken and len(seats) == 1:
                    left += seats
    return left


def refusal(places: Collection[SeatPlace], chosen: Collection[int], count: int = 3) -> SingleSeat | None:
    """Return the stranded seats and up to ``count`` alternatives if the choice is rejected; None if it is allowed.

    A choice may strand a seat if every choice of the same shape would, or if the hall is nearly full. So a rejection
    always has at least one alternative that is allowed. ``places`` are the whole hall.
    """
    left = strays(places, chosen)
    if not left or sum(place.free for place in places) <= NEARLY_FULL * len(places):
        return None
    choices = instead(places, chosen, count)
    return SingleSeat(left, choices) if choices else None


def instead(places: Collection[SeatPlace], chosen: Collection[int], count: int) -> list[list[SeatPlace]]:
    """Return the nearest choices of the same shape that strand no seat; an empty list if there is none.

    Each part (neighbours of one category and price) is moved or stays; seats of other kinds stay.
    """
    kept = [place for place in places if place.pk in chosen and place.kind != STANDARD]
    totals: list[tuple[float, Block]] = [(0.0, kept)]
    for region in _regions(stretches(places)):
        seats = [place for stretch in region for place in stretch]
        if not strays(seats, chosen):
            found = [(0.0, [place for place in seats if place.pk in chosen])]
        else:
            found = _nearest(region, chosen, count)
        both = [(cost + more, block + added) for cost, block in totals for more, added in found]
        totals = sorted(both, key=itemgetter(0))[:count]
    # The same three seats can be found as one and two and as two and one.
    return list({frozenset(block): in_order(block) for _, block in totals}.values())


def _regions(free: Iterable[Block]) -> list[list[Block]]:
    """Group the stretches that have seats of a common class. Choices in different groups are independent."""
    regions: list[tuple[set[Class], list[Block]]] = []
    for stretch in free:
        classes, region = {(place.category, place.price) for place in stretch}, [stretch]
        for linked in [other for other in regions if other[0] & classes]:
            regions.remove(linked)
            classes, region = linked[0] | classes, linked[1] + region
        regions.append((classes, region))
    return [region for _, region in regions]


def _parts(free: Iterable[Block], chosen: Collection[int]) -> Iterator[tuple[SeatGroup, Block]]:
    for stretch in free:
        for (taken, category, price), group in groupby(stretch, key=lambda p: (p.pk in chosen, p.category, p.price)):
            if taken:
                block = list(group)
                yield SeatGroup(category, price, len(block)), block


def _nearest(region: list[Block], chosen: Collection[int], count: int) -> list[tuple[float, Block]]:
    """Find new places for the chosen parts: nearby, or else anywhere in the region."""
    wanted: dict[SeatGroup, list[tuple[float, float]]] = defaultdict(list)
    for shape, block in _parts(region, chosen):
        wanted[shape].append(middle(block))
    heres = [here for middles in wanted.values() for here in middles]
    by_distance = sorted(region, key=lambda s: min(distance((p.x, p.y), here) for p in s for here in heres))
    sizes = accumulate(map(len, by_distance))
    near = [stretch for stretch, size in zip(by_distance, sizes, strict=True) if size <= NEARBY + len(by_distance[0])]
    return _place(near, wanted, count) or _place(by_distance, wanted, count)


def _place(
    free: Iterable[Block], wanted: dict[SeatGroup, list[tuple[float, float]]], count: int
) -> list[tuple[float, Block]]:
    """Walk along the stretches seat by seat and keep the ``count`` nearest ways to each state (dynamic programming).

    The search is complete. A party has few parts, so there are few states.
    """
    shapes = list(wanted)
    none_left = (0,) * len(shapes)
    ways = Ways(list, {(tuple(map(len, wanted.values())), 0): [(0.0, None)]})
    for stretch in free:
        steps = [ways, *(Ways(list) for _ in stretch)]
        for at in range(len(stretch)):
            fitting = [
                (n, shape.size, min(distance(middle(block), here) for here in wanted[shape]), block)
                for n, shape in enumerate(shapes)
                if (block := _block_at(stretch, at, shape))
            ]
            for (left, free_before), found in steps[at].items():
                found = _best(found, count)
                steps[at + 1][left, min(free_before + 1, 2)] += found  # this seat stays free
                if free_before == 1:
                    continue  # the seat before would be stranded
                for n, size, cost, block in fitting:
                    if left[n]:
                        fewer = (*left[:n], left[n] - 1, *left[n + 1 :])
                        steps[at + size][fewer, 0] += [(before + cost, (block, trail)) for before, trail in found]
        ways = Ways(list)
        for (left, free_before), found in steps[-1].items():
            if free_before != 1 or len(stretch) == 1:
                ways[left, 0] += found
    return [(cost, _seats(trail)) for cost, trail in _best(ways.get((none_left, 0), []), count)]


def _block_at(stretch: Block, at: int, shape: SeatGroup) -> Block | None:
    block = stretch[at : at + shape.size]
    fits = len(block) == shape.size and all((p.category, p.price) == shape[:2] for p in block)
    return block if fits else None


def _best(found: list[Found], count: int) -> list[Found]:
    return found if len(found) == 1 else sorted(found, key=itemgetter(0))[:count]


def _seats(trail: Trail) -> Block:
    seats: Block = []
    while trail:
        block, trail = trail
        seats += block
    return seats
