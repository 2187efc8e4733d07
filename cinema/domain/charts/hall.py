"""Heat map of a hall: a plan whose seats are coloured by value."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from cinema.domain.charts.svg import line, picture, rect, text

SEAT, UNIT = 26, 15  # side of a seat; width of half a seat with its gap, the unit of Seat.x
DEEP, LEFT, ABOVE = 30, 30, 34
HEATS = 6


class HallSeat(NamedTuple):
    """A seat of the heat map.

    ``x`` counts half seat widths, ``y`` rows from the front; ``mark`` is the text on it, ``title`` the tooltip.
    """

    row: str
    x: int
    y: int
    value: float | None
    mark: str
    title: str


def heat(value: float | None, low: float, high: float) -> int:
    """Return the colour step of a value: 0 for none, 1 (the coolest) to HEATS (the warmest)."""
    if value is None:
        return 0
    return 1 + min(int((value - low) / (high - low) * HEATS), HEATS - 1) if high > low else HEATS


def hall_chart(seats: Sequence[HallSeat], *, name: str, title: str, desc: str) -> SafeString:
    """Draw the hall with the screen on top. The number on a seat repeats the meaning of its colour."""
    values = [seat.value for seat in seats if seat.value is not None]
    low, high = min(values, default=0), max(values, default=0)
    # The chart begins at the first seat, whatever its coordinates.
    first_x, first_y = min((seat.x for seat in seats), default=0), min((seat.y for seat in seats), default=0)
    width = LEFT * 2 + max((seat.x - first_x for seat in seats), default=0) * UNIT + SEAT
    height = ABOVE + max((seat.y - first_y for seat in seats), default=0) * DEEP + SEAT + 4
    parts = [
        line("chart-screen", LEFT + width * 0.1, 8, width - LEFT - width * 0.1, 8),
        text("chart-axis", width / 2, 24, pgettext("before the seats", "Screen"), "middle"),
    ]
    named = set()
    for seat in seats:
        x, y = LEFT + (seat.x - first_x) * UNIT, ABOVE + (seat.y - first_y) * DEEP
        warm = heat(seat.value, low, high)
        parts.append(rect(f"heat heat-{warm}", x, y, SEAT, SEAT, seat.title))
        parts.append(text(f"heat-mark heat-mark-{warm}", x + SEAT / 2, y + SEAT / 2 + 4, seat.mark, "middle"))
        if seat.y not in named:
            named.add(seat.y)
            parts.append(text("chart-axis", LEFT - 8, y + SEAT / 2 + 4, seat.row, "end"))
    return picture(name=name, title=title, desc=desc, width=width, height=height, parts=parts)
