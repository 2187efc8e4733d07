"""SVG elements and axes shared by all charts."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


class ChartItem(NamedTuple):
    """A value and the one of the previous period (``before``). ``text`` is the formatted value."""

    label: str
    value: float
    before: float
    text: str


def number(value: float) -> str:
    """Format a length with at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


def rect(kind: str, x: float, y: float, width: float, height: float, title: str = "") -> str:
    """Return a rectangle with a CSS class; ``title`` is its tooltip."""
    tooltip = f"<title>{escape(title)}</title>" if title else ""
    size = f'x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}" height="{number(max(height, 0))}"'
    return f'<rect class="{kind}" {size}>{tooltip}</rect>'


def text(kind: str, x: float, y: float, content: str, anchor: str = "start") -> str:
    """Return a line of text with a CSS class; ``anchor`` is start, middle or end."""
    place = f'x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(content)}</text>'


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a straight line with a CSS class."""
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line class="{kind}" {ends}/>'


def picture(*, name: str, title: str, desc: str, width: float, height: float, parts: Iterable[str]) -> SafeString:
    """Return the whole SVG. ``name`` makes its ids unique on the page; ``parts`` come from the functions above."""
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" width="{}" height="{}" role="img" '
        'aria-labelledby="{}-title {}-desc" xmlns="http://www.w3.org/2000/svg">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        *(number(width), number(height), number(width), number(height)),
        *(name, name, name, title, name, desc),
        mark_safe("".join(parts)),  # noqa: S308, the functions above escape all input
    )


def scale(top: float, steps: int = 4) -> list[float]:
    """Return about ``steps`` round values for an axis, from 0 to at least ``top``."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / steps
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return [step * n for n in range(math.ceil(round(top / step, 9)) + 1)]


def short(value: float) -> str:
    """Format a value of an axis: “12.5k” or “3M”."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
