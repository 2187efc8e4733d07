"""A few lines of SVG: elements with plain presentation attributes, always escaped."""

import unicodedata
from collections.abc import Iterable
from html import escape
from typing import Any

WIDTH, HEIGHT, MARGIN = 400, 600, 30

# Only fonts that are on the machine of whoever looks; the first one found is used.
GROTESQUE = "Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, sans-serif"
SERIF = "Georgia, Times New Roman, Liberation Serif, Noto Serif, serif"
FACES = {
    "grotesque": {"font_family": GROTESQUE, "font_weight": 700},
    "serif": {"font_family": SERIF, "font_weight": 700},
    "credit": {"font_family": GROTESQUE, "font_weight": 400},
}


def element(name: str, *children: str, **attributes: Any) -> str:
    """Return ``<name …>children</name>``; ``stroke_width`` is written stroke-width, numbers with one decimal."""
    written = "".join(f' {key.replace("_", "-")}="{escape(_write(value))}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def text(
    content: str, *, x: float, y: float, size: float, face: str, fill: str, anchor: str = "start", **attributes: Any
) -> str:
    """Return a line of text with its baseline at ``y``. ``anchor`` says which part of it is at ``x``: start is left."""
    if _is_right_to_left(content):
        attributes["direction"] = "rtl"
        anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
    attributes |= FACES[face] | {"font_size": size, "fill": fill, "text_anchor": anchor}
    return element("text", escape(content), x=x, y=y, **attributes)


def circle(x: float, y: float, r: float, fill: str, **attributes: Any) -> str:
    return element("circle", cx=x, cy=y, r=r, fill=fill, **attributes)


def rectangle(x: float, y: float, width: float, height: float, fill: str, **attributes: Any) -> str:
    return element("rect", x=x, y=y, width=width, height=height, fill=fill, **attributes)


def path(d: str, fill: str, **attributes: Any) -> str:
    return element("path", d=d, fill=fill, **attributes)


def polygon(points: Iterable[tuple[float, float]], fill: str, **attributes: Any) -> str:
    return element("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), fill=fill, **attributes)


def _is_right_to_left(content: str) -> bool:
    """Whether the first letter is of a script that is written from the right."""
    directions = map(unicodedata.bidirectional, content)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)


def _write(value: Any) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
