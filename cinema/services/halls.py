"""Build a hall from a drawing in plain text.

One line is a row, the front row first; rows are lettered A, B, … from the front and seats numbered from the left:

    c c p   a letter    a seat of the category with that letter
    w       wheelchair  a place for a wheelchair, at the price of the plainest category
    k       companion   the seat beside it, likewise
    C C P P capitals    love seats of that category: neighbours pair up from the left
    . or a space        a gap one seat wide: an aisle
    ,                   a gap of half a seat: rows so begun are staggered

An empty line is a cross aisle and takes no letter. The letters I and O are left out: on a ticket they read as 1 and 0.
"""

import re
from collections.abc import Mapping
from textwrap import dedent
from typing import NamedTuple

from django.utils.translation import gettext as _

from cinema.exceptions import HallPlanInvalid
from cinema.models import Screen, Seat, SeatCategory, Theatre
from cinema.seating.numbering import row_names
from cinema.services.transactions import atomically

SEAT_WIDTH = 2  # in the half seat widths that Seat.x counts
GAPS = {".": SEAT_WIDTH, " ": SEAT_WIDTH, ",": SEAT_WIDTH // 2}
SAME_MARKS = re.compile(r"(.)\1*")
KINDS = {"w": Seat.Kind.WHEELCHAIR, "k": Seat.Kind.COMPANION}


class Place(NamedTuple):
    """A seat in the drawing. ``mark`` is the character that stands for it."""

    row: str
    number: int
    x: int
    y: int
    mark: str


def read_plan(plan: str, marks: str) -> list[Place]:
    """Return the places drawn in ``plan``, where ``marks`` are the characters that stand for a seat.

    Indentation common to all lines does not count. Raises HallPlanInvalid, naming the line and the character.
    """
    places, rows = [], row_names()
    for y, line in enumerate(dedent(plan.expandtabs()).strip("\n").splitlines()):
        row, number, x = "", 0, 0
        for column, mark in enumerate(line.rstrip(), start=1):
            if mark in marks:
                row = row or next(rows, "")
                if not row:
                    raise HallPlanInvalid(_("there are too many rows."), y + 1, column)
                number += 1
                places.append(Place(row, number, x, y, mark))
            elif mark not in GAPS:
                raise HallPlanInvalid(_("“%(mark)s” is not a seat or a gap.") % {"mark": mark}, y + 1, column)
            x += GAPS.get(mark, SEAT_WIDTH)
        _check_pairs(line, y + 1)
    if not places:
        raise HallPlanInvalid(_("the hall has no seats."), 1, 1)
    return places


def _check_pairs(line: str, row: int) -> None:
    for seats in SAME_MARKS.finditer(line):
        if seats[1].isupper() and len(seats[0]) % 2:
            raise HallPlanInvalid(
                _("love seats come in pairs, but here stand %(number)d of “%(mark)s”.")
                % {"number": len(seats[0]), "mark": seats[1]},
                row,
                seats.start() + 1,
            )


@atomically
def build_screen(
    *,
    theatre: Theatre,
    name: str,
    plan: str,
    categories: Mapping[str, SeatCategory],
    shape: Screen.Shape = Screen.Shape.STRAIGHT,
) -> Screen:
    """Create the screen ``name`` with the seats drawn in ``plan``.

    ``categories`` says which seat category each small letter of the drawing stands for; see the top of this module
    for the other characters. Raises HallPlanInvalid for a drawing that cannot be read, ValueError for a category
    letter that already has a meaning.
    """
    for letter in categories:
        if len(letter) != 1 or letter in GAPS or letter in KINDS or letter.isupper():
            raise ValueError(f"{letter!r} cannot stand for a seat category.")
    plainest = min(categories.values(), key=lambda category: category.rank)
    pairs = {letter.upper(): category for letter, category in categories.items() if letter.upper() != letter}
    places = read_plan(plan, marks="".join([*categories, *pairs, *KINDS]))
    categories, kinds = {**categories, **pairs}, KINDS | dict.fromkeys(pairs, Seat.Kind.LOVE)
    screen = Screen.objects.create(theatre=theatre, name=name, shape=shape)
    Seat.objects.bulk_create(
        Seat(
            screen=screen,
            category=categories.get(place.mark, plainest),
            kind=kinds.get(place.mark, Seat.Kind.STANDARD),
            row=place.row,
            number=place.number,
            x=place.x,
            y=place.y,
        )
        for place in places
    )
    return screen
