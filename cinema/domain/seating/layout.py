"""The plan of a hall as a manager draws it: position and name of each seat."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _

from cinema.domain.seating.places import COMPANION, LOVE, STANDARD, WHEELCHAIR, WIDTH

MOST_SEATS, MOST_ROWS, MOST_COLUMNS, LONGEST_ROW_NAME, HIGHEST_NUMBER = 1500, 60, 100, 3, 9999
KINDS = (STANDARD, WHEELCHAIR, COMPANION, LOVE)


class LayoutError(ValueError):
    """The plan breaks a rule; the message says where and why."""


class Spot(NamedTuple):
    """A seat of a plan. ``x`` counts half seat widths, ``category`` is a key.

    ``id`` is the key of the existing seat that becomes this one, None for a new seat. A spot with an empty ``row`` or
    the number 0 has no name yet.
    """

    row: str
    number: int
    x: int
    y: int
    category: int
    kind: str = STANDARD
    id: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        return self.y, self.x


def in_rows(spots: Iterable[Spot]) -> list[Spot]:
    """Sort from the front row to the back, each row from the left."""
    return sorted(spots, key=lambda spot: spot.place)


def check_layout(spots: Sequence[Spot], categories: Collection[int]) -> None:
    """Validate a plan. Raises LayoutError with the first problem found."""
    if not spots:
        raise LayoutError(_("The hall has no seats."))
    if len(spots) > MOST_SEATS:
        raise LayoutError(
            _("The hall has %(number)d seats. It can have at most %(most)d.")
            % {"number": len(spots), "most": MOST_SEATS}
        )
    for spot in spots:
        _check_spot(spot, categories)
    ids = Counter(spot.id for spot in spots if spot.id is not None)
    if ids and max(ids.values()) > 1:
        raise LayoutError(_("The same seat is in the plan twice."))
    names = Counter((spot.row, spot.number) for spot in spots)
    (row, number), times = names.most_common(1)[0]
    if times > 1:
        raise LayoutError(_("Row %(row)s, seat %(number)d is in the plan twice.") % {"row": row, "number": number})
    for y, group in groupby(in_rows(spots), key=lambda spot: spot.y):
        _check_row(y, list(group))


def _check_spot(spot: Spot, categories: Collection[int]) -> None:
    if not (spot.row.isalnum() and len(spot.row) <= LONGEST_ROW_NAME):
        raise LayoutError(
            _("“%(row)s” is not a row name. Row names have one to three letters or digits.") % {"row": spot.row[:20]}
        )
    if not 1 <= spot.number <= HIGHEST_NUMBER:
        raise LayoutError(
            _("In row %(row)s, %(number)d is not a seat number. Seat numbers are between 1 and %(most)d.")
            % {"row": spot.row, "number": spot.number, "most": HIGHEST_NUMBER}
        )
    if not (0 <= spot.y < MOST_ROWS and 0 <= spot.x <= WIDTH * (MOST_COLUMNS - 1)):
        raise LayoutError(
            _("A hall can have at most %(rows)d rows of %(columns)d seats.")
            % {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
        )
    if spot.category not in categories or spot.kind not in KINDS:
        raise LayoutError(_("A seat in row %(row)s needs a category of this theatre.") % {"row": spot.row})


def _check_row(y: int, spots: Sequence[Spot]) -> None:
    for left, right in pairwise(spots):
        if right.x < left.x + WIDTH:
            raise LayoutError(
                _("In row %(row)s, seats %(one)d and %(other)d overlap.")
                % {"row": left.row, "one": left.number, "other": right.number}
            )
    open_half: Spot | None = None
    for spot in [*spots, None]:
        is_other_half = open_half and spot and spot.kind == LOVE and spot.x == open_half.x + WIDTH
        if open_half and not (spot and is_other_half and spot.category == open_half.category):
            raise LayoutError(
                _("Row %(row)s, seat %(number)d is half a love seat. The other half, of the same category, is missing.")
                % {"row": open_half.row, "number": open_half.number}
            )
        open_half = spot if spot and spot.kind == LOVE and not is_other_half else None


def identify(spots: Sequence[Spot], standing: Mapping[int, tuple[int, int]]) -> list[Spot]:
    """Match each spot with an existing seat; ``standing`` maps the key of a seat to its (y, x).

    Keys of seats that no longer exist are dropped. A new spot in the place of a seat that no other spot claims gets
    that seat's key: the seat was removed and put back.
    """
    claimed = {spot.id for spot in spots}
    at = {place: key for key, place in standing.items() if key not in claimed}
    return [spot if spot.id in standing else spot._replace(id=at.get(spot.place)) for spot in spots]
