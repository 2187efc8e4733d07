"""No seat is left on its own, so that the next two people still find two together.

Only ordinary seats count: a wheelchair place, a companion seat or a love seat beside one is not what an ordinary
buyer fills, and these are sold by rules of their own.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from cinema.seating.places import STANDARD, Place, in_order
from cinema.seating.rows import Block, distance, middle, stretches

NEARLY_FULL = 0.1  # when no more than this share of the seats is free, whoever comes takes what is there


class Shape(NamedTuple):
    """What a part of a choice is like: neighbours of one category and price."""

    category: int
    price: Decimal
    size: int


class Refusal(NamedTuple):
    """A choice that will not do: the ``seats`` it would leave on their own, and the nearest ``choices`` that do."""

    seats: list[Place]
    choices: list[list[Place]]


Found = tuple[float, tuple[Place, ...]]  # what a placing costs, and its seats
State = tuple[tuple[int, ...], int]  # how many parts of each shape are still to be placed, and the free seats passed


def strays(places: Iterable[Place], chosen: Collection[int]) -> list[Place]:
    """The free seats whose last free neighbour the choice would take. ``places`` are whole rows."""
    left = []
    for stretch in stretches(places):
        if len(stretch) > 1:
            for taken, group in groupby(stretch, key=lambda place: place.pk in chosen):
                seats = list(group)
                if not taken and len(seats) == 1:
                    left += seats
    return left


def refusal(places: Collection[Place], chosen: Collection[int], count: int = 3) -> Refusal | None:
    """Why the choice will not do, with up to ``count`` that do; None for one that may be.

    A choice may leave a seat on its own when no other of its shape would not, and when the hall is nearly full: a
    refusal always comes with at least one choice that is not refused. ``places`` are the whole hall.
    """
    left = strays(places, chosen)
    if not left or sum(place.free for place in places) <= NEARLY_FULL * len(places):
        return None
    choices = instead(places, chosen, count)
    return Refusal(left, choices) if choices else None


def instead(places: Collection[Place], chosen: Collection[int], count: int) -> list[list[Place]]:
    """The nearest choices of the same shape that leave no seat on its own; none, if there is no such choice at all.

    Each part (neighbours of one category and price) is placed anew, or stays; places of other kinds stay.
    """
    parts = list(_parts(places, chosen))
    shapes = Counter(shape for shape, _ in parts)
    wanted: dict[Shape, list[tuple[float, float]]] = defaultdict(list)
    for shape, block in parts:
        wanted[shape].append(middle(block))
    kept = [place for place in places if place.pk in chosen and place.kind != STANDARD]
    found = {frozenset(seats): in_order([*kept, *seats]) for _, seats in _nearest(places, shapes, wanted, count)}
    return list(found.values())  # the same seats can be found twice, as one and two or as two and one


def _parts(places: Iterable[Place], chosen: Collection[int]) -> Iterator[tuple[Shape, Block]]:
    for stretch in stretches(places):
        for (taken, category, price), group in groupby(stretch, key=lambda p: (p.pk in chosen, p.category, p.price)):
            if taken:
                block = list(group)
                yield Shape(category, price, len(block)), block


def _nearest(
    places: Iterable[Place], shapes: Counter[Shape], wanted: dict[Shape, list[tuple[float, float]]], count: int
) -> list[Found]:
    """Walk the hall seat by seat and keep, for every state one can be in there, the ``count`` nearest ways into it.

    Nothing is left out, so what is not found is not there; and the states are few, for a party has few parts.
    """
    kinds = list(shapes)
    to_place = tuple(shapes.values())
    ways: dict[State, list[Found]] = {(to_place, 0): [(0.0, ())]}
    for stretch in stretches(places):
        steps: list[dict[State, list[Found]]] = [defaultdict(list) for _ in range(len(stretch) + 1)]
        steps[0] |= ways
        for at in range(len(stretch)):
            fitting = [
                (n, shape.size, min(distance(middle(block), place) for place in wanted[shape]), tuple(block))
                for n, shape in enumerate(kinds)
                if (block := _block_at(stretch, at, shape))
            ]
            for (left, free), found in steps[at].items():
                found = _best(found, count)
                steps[at + 1][left, min(free + 1, 2)] += found  # this seat stays free
                if free == 1:
                    continue  # the one before it would be left on its own
                for n, size, cost, block in fitting:
                    if left[n]:
                        fewer = (*left[:n], left[n] - 1, *left[n + 1 :])
                        steps[at + size][fewer, 0] += [(before + cost, seats + block) for before, seats in found]
        ways = defaultdict(list)
        for (left, free), found in steps[-1].items():
            if free != 1 or len(stretch) == 1:
                ways[left, 0] += found
    return _best(ways.get((tuple(0 for _ in kinds), 0), []), count)


def _block_at(stretch: Block, at: int, shape: Shape) -> Block | None:
    block = stretch[at : at + shape.size]
    fits = len(block) == shape.size and all((p.category, p.price) == shape[:2] for p in block)
    return block if fits else None


def _best(found: list[Found], count: int) -> list[Found]:
    return found if len(found) == 1 else sorted(found, key=itemgetter(0))[:count]
