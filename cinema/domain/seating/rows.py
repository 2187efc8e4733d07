"""Stretches (runs of free neighbouring seats in a row) and the blocks of seats that fit into them."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from cinema.domain.seating.places import LOVE, STANDARD, WIDTH, SeatPlace, in_order, partners

ROW_APART = 3 * WIDTH  # the distance of one row counts as that of three seats

Block = list[SeatPlace]


def stretches(places: Iterable[SeatPlace], kind: str = STANDARD) -> list[Block]:
    """Return the runs of free neighbouring seats of one kind. An aisle, a taken seat or another kind ends a run."""
    found: list[Block] = []
    for place in in_order(p for p in places if p.free and p.kind == kind):
        if found and (found[-1][-1].y, found[-1][-1].x + WIDTH) == (place.y, place.x):
            found[-1].append(place)
        else:
            found.append([place])
    return found


def windows(stretch: Block, size: int, *, leave_none_alone: bool) -> Iterator[Block]:
    """Yield every block of ``size`` neighbours; with ``leave_none_alone`` only those that strand no single seat."""
    last = len(stretch) - size
    for start in range(last + 1):
        if not leave_none_alone or (start != 1 and last - start != 1):
            yield stretch[start : start + size]


def love_windows(places: Collection[SeatPlace], size: int) -> Iterator[Block]:
    """Yield every block of ``size`` neighbours that consists of whole love seats."""
    halves = partners(places)
    for stretch in stretches(places, LOVE):
        for block in windows(stretch, size, leave_none_alone=False):
            pks = {place.pk for place in block}
            if all(halves.get(pk) in pks for pk in pks):
                yield block


def middle(block: Sequence[SeatPlace]) -> tuple[float, float]:
    """Return x and y of the middle of a block."""
    return sum(p.x for p in block) / len(block), sum(p.y for p in block) / len(block)


def distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the distance of two points in half seat widths; one row counts as ROW_APART."""
    return abs(here[0] - there[0]) + ROW_APART * abs(here[1] - there[1])


def free_beside(places: Iterable[SeatPlace], taken: Collection[SeatPlace]) -> Block:
    """Return the nearest free seats on either side of ``taken``, in the same row with no aisle between."""
    gone, by_spot = {(p.y, p.x) for p in taken}, {(p.y, p.x): p for p in places}
    found = set()
    for y, x in gone:
        for step in (-WIDTH, WIDTH):
            spot = x + step
            while (y, spot) in gone:
                spot += step
            if (y, spot) in by_spot and by_spot[y, spot].free:
                found.add(by_spot[y, spot])
    return in_order(found)
