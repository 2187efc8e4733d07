"""Small plan of a hall as SVG, which highlights the seats of a ticket."""

from collections.abc import Iterable
from typing import NamedTuple

OTHERS, CHOSEN = "#9c8f7d", "#d9481c"  # both visible on a light and on a dark page
ABOVE = 4  # height of the screen's area, in half rows


class Dot(NamedTuple):
    """A seat of the plan; ``x`` and ``y`` as in Seat."""

    x: int
    y: int
    chosen: bool


def draw_plan(dots: Iterable[Dot]) -> str:
    """Return the hall seen from above as SVG, with the screen on top."""
    dots = list(dots)
    left, top = min((dot.x for dot in dots), default=0), min((dot.y for dot in dots), default=0)
    width = max((dot.x - left for dot in dots), default=0) + 2
    height = 2 * max((dot.y - top for dot in dots), default=0) + 2 + ABOVE
    at = [(dot.x - left, 2 * (dot.y - top) + ABOVE, dot.chosen) for dot in dots]
    others = "".join(f"M{x + 0.3:g} {y + 0.3:g}h1.4v1.4h-1.4z" for x, y, chosen in at if not chosen)
    chosen = "".join(f"M{x} {y}h2v2h-2z" for x, y, chosen in at if chosen)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 0 {width + 2} {height + 1}" width="{width + 2}0">'
        f'<path d="M{width * 0.15:g} 1.5Q{width / 2:g} 0 {width * 0.85:g} 1.5" fill="none" stroke="{OTHERS}"/>'
        f'<path d="{others}" fill="{OTHERS}" fill-opacity=".55"/><path d="{chosen}" fill="{CHOSEN}"/></svg>'
    )
