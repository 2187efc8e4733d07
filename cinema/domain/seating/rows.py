"""Stretches of free neighbouring seats in the rows of a hall, and the blocks that fit into them."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from cinema.domain.seating.places import LOVE, STANDARD, WIDTH, SeatPlace, in_order, partners

ROW_APART = 3 * WIDTH  # to sit one row further is about as far as to sit three seats further

Block = list[SeatPlace]


def stretches(places: Iterable[SeatPlace], kind: str = STANDARD) -> list[Block]:
    """The free seats of a kind, together those between which is no aisle, no taken seat and no place of another kind.

    A single ordinary seat is judged within these: a wheelchair space beside it is not one that another buyer fills.
    """
    found: list[Block] = []
    for place in in_order(p for p in places if p.free and p.kind == kind):
        if found and (found[-1][-1].y, found[-1][-1].x + WIDTH) == (place.y, place.x):
            found[-1].append(place)
        else:
            found.append([place])
    return found


def windows(stretch: Block, size: int, *, leave_none_alone: bool) -> Iterator[Block]:
    """Every ``size`` neighbours; if so wished only where no single seat of the stretch is left beside them."""
    last = len(stretch) - size
    for start in range(last + 1):
        if not leave_none_alone or (start != 1 and last - start != 1):
            yield stretch[start : start + size]


def love_windows(places: Collection[SeatPlace], size: int) -> Iterator[Block]:
    """Every ``size`` neighbours that are whole love seats."""
    halves = partners(places)
    for stretch in stretches(places, LOVE):
        for block in windows(stretch, size, leave_none_alone=False):
            pks = {place.pk for place in block}
            if all(halves.get(pk) in pks for pk in pks):
                yield block


def middle(block: Sequence[SeatPlace]) -> tuple[float, float]:
    """Where its middle is, as x and y."""
    return sum(p.x for p in block) / len(block), sum(p.y for p in block) / len(block)


def distance(here: tuple[float, float], there: tuple[float, float]) -> float:
    """How far two middles are apart, in half seat widths."""
    return abs(here[0] - there[0]) + ROW_APART * abs(here[1] - there[1])


def free_beside(places: Iterable[SeatPlace], taken: Collection[SeatPlace]) -> Block:
    """The nearest free seats on either side of seats that were taken, in the same row with no aisle between."""
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
