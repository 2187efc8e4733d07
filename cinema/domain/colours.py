"""Colours as “#b8290f”, and an accent colour in shades with which text can be read.

Contrast is that of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio: 1 is none, 21 is black on white.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

READABLE = 4.5  # the least contrast of text, WCAG 2.2, 1.4.3
STEP = 0.02  # of the way to black or white that a colour goes until it can be read
OWN_ACCENT = "#b8290f"  # of static/css/cinema.css, for a cinema that chose none
BLACK, WHITE = "#000000", "#ffffff"
# The grounds of static/css/cinema.css in light and in dark: --paper, --surface.
LIGHT, DARK = ("#f7f1e6", "#fffcf6"), ("#15110e", "#201a15")


class Shades(NamedTuple):
    """An accent colour on light or on dark pages: for text and filled buttons, for these when pointed at, for text on
    filled buttons, and for soft grounds behind ordinary text. The names are those of static/css/cinema.css.
    """

    accent: str
    accent_deep: str
    accent_ink: str
    accent_soft: str


def is_colour(text: str) -> bool:
    return bool(re.fullmatch("#[0-9a-f]{6}", text))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """``one`` with a ``share`` of the ``other``, from 0 to 1."""
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def light_shades(accent: str) -> Shades:
    """An accent colour on light pages, as much darker as it must be."""
    paper, surface = LIGHT
    soft = mix(surface, accent, 0.12)
    readable = _readable(accent, on=(paper, surface, soft), towards=BLACK)
    return Shades(readable, mix(readable, BLACK, 0.2), surface, soft)


def dark_shades(accent: str) -> Shades:
    """An accent colour on dark pages, as much lighter as it must be."""
    paper, surface = DARK
    soft = mix(surface, accent, 0.16)
    readable = _readable(accent, on=(paper, surface, soft), towards=WHITE)
    return Shades(readable, mix(readable, WHITE, 0.25), paper, soft)


def _readable(colour: str, *, on: Iterable[str], towards: str) -> str:
    """The shade of a colour nearest to it that can be read on all these grounds."""
    grounds, step = tuple(on), 0
    while min(contrast(shade := mix(colour, towards, step * STEP), ground) for ground in grounds) < READABLE:
        step += 1
    return shade


def _parts(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
