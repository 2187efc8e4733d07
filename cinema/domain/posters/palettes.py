"""Hand-picked colours. Title and credit are set in ``ink`` on ``ground``, at a contrast of at least 4.5 to 1."""

from typing import NamedTuple


class Palette(NamedTuple):
    """``bold`` carries the picture, ``calm`` stands beside it, ``spark`` is used sparingly."""

    ground: str
    ink: str
    bold: str
    calm: str
    spark: str


PALETTES = [
    Palette("#f3e9d2", "#1d1a16", "#d9442a", "#2f5d62", "#e3a72f"),  # cream
    Palette("#14213d", "#fdf3dc", "#f77f00", "#3d5a8a", "#fcd581"),  # night
    Palette("#a63a24", "#fff3e0", "#f2a679", "#5c1a10", "#f6c85f"),  # terracotta
    Palette("#1f3d2b", "#f4efdc", "#f2795a", "#5b8a4a", "#d6dd74"),  # forest
    Palette("#e9b132", "#1b1b1e", "#c8372d", "#7a4a12", "#fbf3dd"),  # mustard
    Palette("#bcd4de", "#14263a", "#1f4e79", "#7fa6b8", "#e4572e"),  # powder
    Palette("#34183d", "#fbe9ef", "#d1477a", "#6d4a8c", "#f5b841"),  # plum
    Palette("#f4c9bd", "#2b1422", "#8c1c3f", "#e8735a", "#fff6ea"),  # blush
    Palette("#131316", "#f5f2ea", "#e1251b", "#55555c", "#f0b429"),  # projection room
    Palette("#0f4c4f", "#f6efd9", "#e76f51", "#2a8a80", "#e9c46a"),  # lagoon
    Palette("#ece8e1", "#141414", "#2142ab", "#b9b3a6", "#f2b705"),  # gallery
    Palette("#b3101c", "#fff6e5", "#2b0508", "#dc5048", "#f7c59f"),  # curtain
]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two #rrggbb colours as WCAG defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
