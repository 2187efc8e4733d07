"""SVG elements with presentation attributes; all values are escaped."""

import unicodedata
from html import escape
from typing import Any

WIDTH, HEIGHT = 400, 600

# Fonts installed on the reader's device; the first one found is used.
GROTESQUE = "Helvetica Neue, Helvetica, Arial, Liberation Sans, Noto Sans, sans-serif"
SERIF = "Georgia, Times New Roman, Liberation Serif, Noto Serif, serif"
FACES = {
    "grotesque": {"font_family": GROTESQUE, "font_weight": 700},
    "serif": {"font_family": SERIF, "font_weight": 700},
    "credit": {"font_family": GROTESQUE, "font_weight": 400},
}


def element(name: str, *children: str, **attributes: Any) -> str:
    """Return ``<name …>children</name>``. ``font_size`` becomes font-size; floats have at most one decimal."""
    written = "".join(f' {key.replace("_", "-")}="{escape(_write(value))}"' for key, value in attributes.items())
    return f"<{name}{written}>{''.join(children)}</{name}>"


def text(content: str, *, face: str, size: float, anchor: str = "start", **attributes: Any) -> str:
    """Return a line of text with its baseline at ``y``. ``anchor`` is the part at ``x``: start (left), middle, end."""
    if is_right_to_left(content):
        attributes["direction"] = "rtl"
        anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
    return element("text", escape(content), **attributes, **FACES[face], font_size=size, text_anchor=anchor)


def circle(x: float, y: float, r: float, fill: str) -> str:
    return element("circle", cx=x, cy=y, r=r, fill=fill)


def rectangle(x: float, y: float, width: float, height: float, fill: str) -> str:
    return element("rect", x=x, y=y, width=width, height=height, fill=fill)


def path(d: str, fill: str) -> str:
    return element("path", d=d, fill=fill)


def is_right_to_left(content: str) -> bool:
    """Whether the first letter belongs to a script written from right to left."""
    directions = map(unicodedata.bidirectional, content)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)


def _write(value: Any) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
