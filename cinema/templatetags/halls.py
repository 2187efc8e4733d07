"""A small picture of a hall: a shape for each seat, in the colour of its category."""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cinema.domain.seating.places import COMPANION, LOVE, STANDARD, WHEELCHAIR
from cinema.selectors.halls.halls import Chair

register = template.Library()

BEND = 1.6  # by how many rows the ends of a curved row come forward
# SVG paths of seats from the top left corner; a place is two units wide and two high.
SHAPES = {
    STANDARD: "v1.5h1.6v-1.5q0-.4-.4-.4h-.8q-.4 0-.4.4",
    WHEELCHAIR: "m0 .7a.8.8 0 1 0 1.6 0a.8.8 0 1 0-1.6 0",
    COMPANION: "v1.5h1.6v-1.5z",
    LOVE: "v1.5h2v-1.5q0-.4-.4-.4h-1.2q-.4 0-.4.4",
}


@register.simple_tag
def hall_picture(chairs: Sequence[Chair], *, curved: bool = False) -> SafeString:
    """The hall seen from above as SVG, with the screen on top.

    One path for each category and kind keeps hundreds of seats to a few kilobytes.
    """
    if not chairs:
        return mark_safe('<svg class="hall-picture" viewBox="0 0 20 8" aria-hidden="true"></svg>')
    left, right = min(chair.x for chair in chairs), max(chair.x for chair in chairs) + 2
    top, bottom = min(chair.y for chair in chairs), max(chair.y for chair in chairs) + 1
    half = (right - left) / 2
    paths: dict[tuple[int, str], list[str]] = {}
    for chair in chairs:
        from_middle = (chair.x + 1 - left - half) / half
        rise = BEND * from_middle**2 if curved else 0
        point = f"M{chair.x - left + 0.2:g} {2 * (chair.y - top) + 5 - 2 * rise:.4g}{SHAPES[chair.kind]}"
        paths.setdefault((chair.rank, chair.kind), []).append(point)
    drawn = "".join(
        f'<path class="c{rank} {kind.lower()}" d="{"".join(points)}"/>'
        for (rank, kind), points in sorted(paths.items())
    )
    return format_html(
        '<svg class="hall-picture" viewBox="-1 0 {} {}" role="img" aria-label="{}">'
        '<path class="hall-picture-edge" d="M{} 1.5Q{} 0 {} 1.5"/>{}</svg>',
        right - left + 2,
        2 * (bottom - top) + 5,
        _("Plan of the hall, with the screen at the top"),
        f"{(right - left) * 0.15:g}",
        f"{half:g}",
        f"{(right - left) * 0.85:g}",
        mark_safe(drawn),  # noqa: S308, contains numbers only
    )
