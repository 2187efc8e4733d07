"""Choice of the best seats for a party: side by side, in the middle, two thirds back."""

from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from cinema.domain.seating.places import LOVE, STANDARD, WIDTH, SeatPlace, in_order, partners
from cinema.domain.seating.rows import ROW_APART, Block, distance, love_windows, middle, stretches, windows

SIGHT_LINE = 2 / 3  # of the way from the first row to the last
TOO_NEAR, TOO_FAR = 3, 2  # weights of sitting before or behind the sight line, against 1 for off the centre
AISLE, ALONE, ASKEW = 0.2, 0.5, 0.1  # penalties: an aisle between, somebody alone, half a seat to the side
SEEDS = 24  # how many good seats are searched around when a party cannot sit together

Judge = Callable[[SeatPlace], float]


def best_block(
    places: Collection[SeatPlace],
    party: int,
    category: int | None = None,
    ceiling: Decimal | None = None,
    *,
    avoid_singles: bool = True,
) -> Block | None:
    """Return the best free seats for ``party`` people, each at most ``ceiling``; None if there are not enough.

    Side by side; else across an aisle; else in adjacent rows; else as close together as possible. Love seats are given
    only whole, and only if there are not enough ordinary seats. ``places`` are the whole hall.
    """

    def suits(place: SeatPlace) -> bool:
        return category in (None, place.category) and (ceiling is None or place.price <= ceiling)

    worse = _sight(places)
    ways = (
        lambda: _side_by_side(places, party, suits, avoid_singles),
        lambda: _side_by_side(places, party, suits, False),
        lambda: _across_an_aisle(places, party, suits),
        lambda: _one_behind_the_other(places, party, suits),
        lambda: _nearby([[p] for p in places if p.free and p.kind == STANDARD and suits(p)], party, worse),
        lambda: ((block, 0) for block in love_windows(places, party) if all(map(suits, block))),
        lambda: _nearby(_units(places, suits), party, worse),
    )
    for way in ways:
        found = [(sum(map(worse, block)) / party + blemish, block) for block, blemish in way()]
        if found:
            return in_order(min(found, key=lambda scored: scored[0])[1])
    return None


def may_fit(places: Collection[SeatPlace], party: int) -> bool:
    """Whether the hall has enough free seats for ``party`` people, wherever they are.

    A cheap check before best_block(), which would search the whole hall without result. Love seats count only whole.
    """
    halves = partners(places)
    free = {place.pk for place in places if place.free}
    ordinary = sum(place.free and place.kind == STANDARD for place in places)
    pairs = sum(pk in free and halves[pk] in free for pk in halves) // 2
    return party <= ordinary + 2 * pairs and (ordinary > 0 or party % 2 == 0)


class BlockCandidate(NamedTuple):
    """A block that may be offered, its middle, and the categories and prices of its seats."""

    block: Block
    x: float
    y: float
    prices: set[tuple[int, Decimal]]


class SeatAlternatives:
    """The blocks of free seats of a hall to offer instead of taken ones: found once for each size of a party."""

    def __init__(self, places: Collection[SeatPlace]) -> None:
        self.places = places
        self._blocks: dict[tuple[str, int], list[BlockCandidate]] = {}

    def near(self, wanted: Collection[SeatPlace], count: int = 3) -> list[Block]:
        """Return up to ``count`` blocks as nearest_blocks() does."""
        kinds = {place.kind for place in wanted}
        if kinds not in ({STANDARD}, {LOVE}):
            return []
        (x, y), prices = middle(list(wanted)), {(place.category, place.price) for place in wanted}
        candidates = self._candidates(kinds.pop(), len(wanted))
        ranked = sorted(
            (one.prices != prices, abs(one.x - x) + ROW_APART * abs(one.y - y), n) for n, one in enumerate(candidates)
        )
        offered: set[int] = set()
        nearest: list[Block] = []
        for _unlike, _far, n in ranked:
            if len(nearest) == count:
                break
            if offered.isdisjoint(place.pk for place in candidates[n].block):
                offered.update(place.pk for place in candidates[n].block)
                nearest.append(candidates[n].block)
        return nearest

    def _candidates(self, kind: str, size: int) -> list[BlockCandidate]:
        if (kind, size) not in self._blocks:
            if kind == LOVE:
                blocks = list(love_windows(self.places, size))
            else:
                blocks = [b for s in stretches(self.places) for b in windows(s, size, leave_none_alone=True)]
            self._blocks[kind, size] = [
                BlockCandidate(block, *middle(block), {(place.category, place.price) for place in block})
                for block in blocks
            ]
        return self._blocks[kind, size]


def nearest_blocks(places: Collection[SeatPlace], wanted: Collection[SeatPlace], count: int = 3) -> list[Block]:
    """Return up to ``count`` alternatives for ``wanted`` seats that were taken: free, side by side, stranding no seat.

    Those of the same category and price come first, then the nearest. They do not overlap. Ordinary seats are replaced
    by ordinary seats, love seats by love seats; wheelchair spaces have no alternatives.
    """
    return SeatAlternatives(places).near(wanted, count)


def togetherness(block: Collection[SeatPlace]) -> str:
    """Return how a party sits: “together”, “aisle” (one row, an aisle between), “rows” (adjacent rows) or “apart”."""
    rows: dict[int, list[int]] = {}
    for place in in_order(block):
        rows.setdefault(place.y, []).append(place.x)
    sides_touch = all(xs[-1] - xs[0] == WIDTH * (len(xs) - 1) for xs in rows.values())
    if len(rows) == 1:
        return "together" if sides_touch else "aisle"
    deep = max(rows) - min(rows) == len(rows) - 1
    ranges = [(xs[0], xs[-1]) for xs in rows.values()]
    overlap = all(a[0] <= b[1] + 1 and b[0] <= a[1] + 1 for a, b in pairwise(ranges))
    return "rows" if sides_touch and deep and overlap else "apart"


def _sight(places: Collection[SeatPlace]) -> Judge:
    """Return a function that rates seats of this hall: 0 is the best, 1 an end of the best row, more is worse."""
    xs, ys = [p.x for p in places] or [0], [p.y for p in places] or [0]
    centre, half = (min(xs) + max(xs)) / 2, (max(xs) - min(xs)) / 2 or 1
    line, depth = min(ys) + SIGHT_LINE * (max(ys) - min(ys)), max(ys) - min(ys) or 1

    def worse(place: SeatPlace) -> float:
        off = TOO_NEAR if place.y < line else TOO_FAR
        return ((place.x - centre) / half) ** 2 + off * ((place.y - line) / depth) ** 2

    return worse


Candidates = Iterator[tuple[Block, float]]  # blocks with their penalties


def _side_by_side(
    places: Iterable[SeatPlace], size: int, suits: Callable[[SeatPlace], bool], leave_none_alone: bool
) -> Candidates:
    for stretch in stretches(places):
        for block in windows(stretch, size, leave_none_alone=leave_none_alone):
            if all(map(suits, block)):
                yield block, 0


def _across_an_aisle(places: Collection[SeatPlace], size: int, suits: Callable[[SeatPlace], bool]) -> Candidates:
    """Neighbours in a row, with or without aisles between them."""
    rows: dict[int, Block] = {}
    for place in in_order(places):
        rows.setdefault(place.y, []).append(place)
    for row in rows.values():
        for block in windows(row, size, leave_none_alone=False):
            if all(p.free and p.kind == STANDARD and suits(p) for p in block):
                sides = stretches(block)
                alone = sum(len(side) == 1 for side in sides) if size > 2 else 0
                yield block, AISLE * (len(sides) - 1) + ALONE * alone


def _one_behind_the_other(places: Collection[SeatPlace], party: int, suits: Callable[[SeatPlace], bool]) -> Candidates:
    """Parts in as few adjacent rows as possible. In a party of four or more nobody sits alone in a row."""
    free = stretches(p for p in places if suits(p))
    for rows in range(2, party + 1):
        found = False
        for sizes in _shares(party, rows):
            starts = {
                size: {(b[0].y, b[0].x): b for s in free for b in windows(s, size, leave_none_alone=False)}
                for size in set(sizes)
            }
            for first in starts[sizes[0]].values():
                block, amiss = list(first), 0.0
                part = first
                for size in sizes[1:]:
                    behind, aside = _behind(part, size, starts[size])
                    if behind is None:
                        break
                    part, block, amiss = behind, block + behind, amiss + ASKEW * aside
                else:
                    found = True
                    yield block, amiss
        if found:
            return


def _shares(party: int, rows: int) -> Iterator[tuple[int, ...]]:
    """Ways to divide a party over rows: any two parts for two rows, equal parts (or nearly) for more."""
    least = 1 if party < 4 else 2
    if rows == 2:
        yield from ((part, party - part) for part in range(least, party - least + 1))
    elif party // rows >= least:
        part, more = divmod(party, rows)
        yield from {tuple(part + ((n - turn) % rows < more) for n in range(rows)) for turn in range(rows)}


def _behind(part: Block, size: int, starts: dict[tuple[int, int], Block]) -> tuple[Block | None, int]:
    """Return the block of ``size`` in the next row that is best aligned with ``part``, and its offset in half seats.

    At least half of the smaller block is behind the larger one.
    """
    straight = part[0].x + len(part) - size
    for aside in range(max(len(part), size) + 1):
        for x in (straight - aside, straight + aside):
            if (part[0].y + 1, x) in starts:
                return starts[part[0].y + 1, x], aside
    return None, 0


def _units(places: Collection[SeatPlace], suits: Callable[[SeatPlace], bool]) -> list[Block]:
    """The smallest groups that can be sold: each free ordinary seat, and each love seat with both halves."""
    halves = partners(places)
    free = {place.pk: place for place in places if place.free and suits(place)}
    alone = [[place] for place in free.values() if place.kind == STANDARD]
    pairs = [[place, free[halves[pk]]] for pk, place in free.items() if halves.get(pk, 0) > pk and halves[pk] in free]
    return alone + pairs


def _nearby(units: Collection[Block], party: int, worse: Judge) -> Candidates:
    """For each of some good seats, the nearest units that make up the party."""
    if sum(map(len, units)) < party:
        return
    for seed in sorted(units, key=lambda unit: worse(unit[0]))[:SEEDS]:
        here, far = middle(seed), 0.0
        block: Block = []
        for unit in sorted(units, key=lambda unit: distance(middle(unit), here)):
            if len(block) + len(unit) <= party:
                block, far = block + unit, far + distance(middle(unit), here)
            if len(block) == party:
                yield block, far / ROW_APART
                break
