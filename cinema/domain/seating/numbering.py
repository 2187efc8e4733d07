"""Schemes for row names and seat numbers. static/js/hall-numbering.js has the same rules for the editor."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, groupby, product
from typing import NamedTuple

from cinema.domain.seating.layout import Spot, in_rows
from cinema.domain.seating.places import WIDTH

FRONT, BACK = "front", "back"
PLAIN, ALL, FIGURES = "plain", "all", "figures"
LEFT, RIGHT, MIDDLE, SIDES, KEEP = "left", "right", "middle", "sides", "keep"

PLAIN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O, which look like 1 and 0
ALL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Numbering(NamedTuple):
    """A scheme: rows are named from the FRONT or the BACK with PLAIN letters (no I and O), ALL letters or FIGURES.

    Seats are numbered in each row from the LEFT or from the RIGHT; or odd in the left half of the hall and even in the
    right, from the MIDDLE outwards or from the SIDES inwards. KEEP changes no names or numbers. The lowest number is
    ``start``, or the next odd or even number after it.
    """

    seats: str = LEFT
    rows: str = FRONT
    letters: str = PLAIN
    start: int = 1


def row_names(letters: str = PLAIN) -> Iterator[str]:
    """Yield A … Z, then AA, AB, … (without I and O if PLAIN), or 1, 2, 3, … if FIGURES."""
    if letters == FIGURES:
        yield from map(str, count(1))
    else:
        alphabet = PLAIN_LETTERS if letters == PLAIN else ALL_LETTERS
        yield from alphabet
        yield from map("".join, product(alphabet, repeat=2))


def number_seats(spots: Sequence[Spot], numbering: Numbering) -> list[Spot]:
    """Name all rows and number all seats; with KEEP only seats that have no name yet."""
    if numbering.seats == KEEP:
        return complete_names(spots, numbering.letters)
    rows = [list(group) for _y, group in groupby(in_rows(spots), key=lambda spot: spot.y)]
    middle = _middle(spots)
    names = row_names(numbering.letters)
    named = []
    for row in rows if numbering.rows == FRONT else reversed(rows):
        name = next(names)
        numbers = _numbers([spot.x for spot in row], middle, numbering)
        named += [spot._replace(row=name, number=number) for spot, number in zip(row, numbers, strict=True)]
    return in_rows(named)


def _middle(spots: Sequence[Spot]) -> float:
    xs = [spot.x for spot in spots]
    return (min(xs, default=0) + max(xs, default=0) + WIDTH) / 2


def _numbers(xs: Sequence[int], middle: float, numbering: Numbering) -> list[int]:
    """The numbers of a row's seats; ``xs`` are their positions from left to right."""
    start = numbering.start
    if numbering.seats == LEFT:
        return [start + i for i in range(len(xs))]
    if numbering.seats == RIGHT:
        return [start + len(xs) - 1 - i for i in range(len(xs))]
    left = sum(x + WIDTH / 2 <= middle for x in xs)
    right = len(xs) - left
    first_odd, first_even = start + (start + 1) % 2, start + start % 2
    odd, even = [first_odd + 2 * i for i in range(left)], [first_even + 2 * i for i in range(right)]
    return odd[::-1] + even if numbering.seats == MIDDLE else odd + even[::-1]


def complete_names(spots: Sequence[Spot], letters: str = PLAIN) -> list[Spot]:
    """Name the seats that have no name yet.

    A new seat gets the name of its row, or the next free name in a new row, and one more than the row's highest number.
    """
    taken = {spot.row for spot in spots if spot.row}
    highest: Counter[str] = Counter()
    for spot in spots:
        highest[spot.row] = max(highest[spot.row], spot.number)
    free = (name for name in row_names(letters) if name not in taken)
    named = []
    for _y, group in groupby(in_rows(spots), key=lambda spot: spot.y):
        row = list(group)
        name = next((spot.row for spot in row if spot.row), "") or next(free)
        for spot in row:
            if not spot.row or not spot.number:
                highest[name] += 1
                spot = spot._replace(row=name, number=highest[name])
            named.append(spot)
    return named


def numbering_of(spots: Sequence[Spot]) -> Numbering:
    """Return the scheme that gives the hall its present names and numbers; KEEP if none does."""
    now, start = in_rows(spots), min((spot.number for spot in spots), default=1)
    for seats, rows, letters in product((LEFT, RIGHT, MIDDLE, SIDES), (FRONT, BACK), (PLAIN, ALL, FIGURES)):
        numbering = Numbering(seats, rows, letters, start)
        if number_seats(now, numbering) == now:
            return numbering
    return Numbering(seats=KEEP)
