"""The plan of a hall as a drawing in plain text.

One line is a row, the front row first; rows are lettered A, B, … from the front and seats numbered from the left:

    c c p   a letter    a seat of the category with that letter
    w       wheelchair  a place for a wheelchair, at the price of the plainest category
    k       companion   the seat beside it, at the same price
    C C P P capitals    love seats of that category, in pairs from the left
    . or a space        a gap one seat wide: an aisle
    ,                   a gap half a seat wide, for staggered rows

An empty line is a cross aisle and gets no row letter. The letters I and O are not used: on a ticket they look like 1
and 0.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from textwrap import dedent
from typing import NamedTuple

from django.utils.translation import gettext as _

from cinema.domain.seating.layout import Spot, in_rows
from cinema.domain.seating.numbering import row_names
from cinema.domain.seating.places import COMPANION, LOVE, STANDARD, WHEELCHAIR, WIDTH

GAPS = {".": WIDTH, " ": WIDTH, ",": WIDTH // 2}
SAME_MARKS = re.compile(r"(.)\1*")
KINDS = {"w": WHEELCHAIR, "k": COMPANION}
LETTERS = "abcdefghijlmnop"  # of categories, the plainest first; without k, the companion seat


class DrawingError(ValueError):
    """The drawing of a hall cannot be read; the message says where and why. ``line`` and ``column`` count from 1."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        self.line, self.column = line, column
        super().__init__(
            _("Line %(line)d, character %(column)d: %(reason)s") % {"line": line, "column": column, "reason": reason}
        )


class DrawnSeat(NamedTuple):
    """A seat in the drawing. ``mark`` is the character that stands for it."""

    row: str
    number: int
    x: int
    y: int
    mark: str


def read_plan(plan: str, marks: str) -> list[DrawnSeat]:
    """Return the seats drawn in ``plan``; ``marks`` are the characters that stand for a seat.

    Indentation common to all lines is ignored. Raises DrawingError with the line and the character.
    """
    places, rows = [], row_names()
    for y, line in enumerate(dedent(plan.expandtabs()).strip("\n").splitlines()):
        row, number, x = "", 0, 0
        for column, mark in enumerate(line.rstrip(), start=1):
            if mark in marks:
                row = row or next(rows, "")
                if not row:
                    raise DrawingError(_("there are too many rows."), y + 1, column)
                number += 1
                places.append(DrawnSeat(row, number, x, y, mark))
            elif mark not in GAPS:
                raise DrawingError(_("“%(mark)s” is not a seat or a gap.") % {"mark": mark}, y + 1, column)
            x += GAPS.get(mark, WIDTH)
        _check_pairs(line, y + 1)
    if not places:
        raise DrawingError(_("the hall has no seats."), 1, 1)
    return places


def _check_pairs(line: str, row: int) -> None:
    for seats in SAME_MARKS.finditer(line):
        if seats[1].isupper() and len(seats[0]) % 2:
            raise DrawingError(
                _("love seats come in pairs, but there are %(number)d of “%(mark)s” here.")
                % {"number": len(seats[0]), "mark": seats[1]},
                row,
                seats.start() + 1,
            )


def read_spots(plan: str, categories: Sequence[int]) -> list[Spot]:
    """Return the spots drawn in ``plan``, with rows named from the front and seats numbered from the left.

    ``categories`` are the keys for the letters a, b, … Raises DrawingError.
    """
    letters = LETTERS[: len(categories)]
    category_of = dict(zip(letters, categories, strict=True))
    return [
        Spot(
            place.row,
            place.number,
            place.x,
            place.y,
            category_of.get(place.mark.lower(), categories[0]),
            KINDS.get(place.mark, LOVE if place.mark.isupper() else STANDARD),
        )
        for place in read_plan(plan, letters + letters.upper() + "".join(KINDS))
    ]


def redraw(plan: str, before: Sequence[Spot], categories: Sequence[int]) -> list[Spot]:
    """Return the spots drawn in ``plan``, a changed drawing of the hall ``before``; new ones have no name yet.

    Raises DrawingError.
    """
    left, front = min((spot.x for spot in before), default=0), min((spot.y for spot in before), default=0)
    spots = [spot._replace(x=spot.x + left, y=spot.y + front) for spot in read_spots(plan, categories)]
    return follow_rows(before, spots, letters_of(categories))


def letters_of(categories: Sequence[int]) -> dict[int, str]:
    """The letter that stands for each category."""
    return dict(zip(categories, LETTERS, strict=False))


def draw(spots: Iterable[Spot], letters: Mapping[int, str]) -> str:
    """Draw the plan as text, one line for each row, in the format of read_plan(). ``letters`` maps category to letter.

    The category of wheelchair and companion places is not drawn.
    """
    spots = in_rows(spots)
    rows = {y: list(group) for y, group in groupby(spots, key=lambda spot: spot.y)}
    left = min((spot.x for spot in spots), default=0)
    return "\n".join(
        _draw_row(rows.get(y, []), left, letters) for y in range(min(rows, default=0), max(rows, default=-1) + 1)
    )


def _draw_row(spots: Iterable[Spot], x: int, letters: Mapping[int, str]) -> str:
    line = ""
    for spot in spots:
        line += "." * ((spot.x - x) // WIDTH) + "," * ((spot.x - x) % WIDTH)
        letter = letters[spot.category]
        line += {WHEELCHAIR: "w", COMPANION: "k", LOVE: letter.upper()}.get(spot.kind, letter)
        x = spot.x + WIDTH
    return line


def follow_rows(before: Sequence[Spot], after: Sequence[Spot], letters: Mapping[int, str]) -> list[Spot]:
    """Return the spots of ``after``, a plan read from text, with the keys and names of the same seats in ``before``.

    A row is matched by its text, whatever rows were inserted before it. Within a row seats are matched in order or,
    if their number has changed, by position. A new seat has no name yet.
    """
    old, new = _lines(before, letters), _lines(after, letters)
    pairs: dict[int, list[Spot]] = {}
    matcher = SequenceMatcher(None, [line for line, _spots in old], [line for line, _spots in new], autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what in ("equal", "replace"):
            for (_line, was), (_text, row) in zip(old[i1:i2], new[j1:j2], strict=False):
                if row:
                    pairs[row[0].y] = was
    found = []
    for y, group in groupby(in_rows(after), key=lambda spot: spot.y):
        found += _follow_row(pairs.get(y, []), list(group))
    return found


def _lines(spots: Iterable[Spot], letters: Mapping[int, str]) -> list[tuple[str, list[Spot]]]:
    rows = [list(group) for _y, group in groupby(in_rows(spots), key=lambda spot: spot.y)]
    left = min((row[0].x for row in rows), default=0)
    return [(_draw_row(row, left, letters), row) for row in rows]


def _follow_row(was: Sequence[Spot], row: Sequence[Spot]) -> list[Spot]:
    if len(was) == len(row):
        known = dict(zip((spot.x for spot in row), was, strict=True))
    else:
        known = {spot.x: spot for spot in was}
    return [_same(known[spot.x], spot) if spot.x in known else spot._replace(row="", number=0) for spot in row]


def _same(was: Spot, now: Spot) -> Spot:
    """The seat ``was`` in its new place. A wheelchair or companion place keeps its category, which is not drawn."""
    keeps = was.kind == now.kind and now.kind in (WHEELCHAIR, COMPANION)
    return now._replace(id=was.id, row=was.row, number=was.number, category=was.category if keeps else now.category)
