"""Fitting a title into its room: breaking it into even lines, as large as it can be, never too wide.

Which font will draw it is not known, so widths are estimated on the generous side.
"""

import re
import unicodedata
from typing import NamedTuple

SIZES = (112, 96, 84, 74, 66, 59, 53, 48, 43, 39, 35, 32, 29, 26, 23, 20, 17, 15, 13, 11)
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NARROW, WIDE = set(" .,:;'’!|ijlItfr()[]-"), set("mwMWOQG@%&—")


class TextBlock(NamedTuple):
    """Lines of text in one size."""

    lines: list[str]
    size: int
    face: str

    @property
    def line_height(self) -> float:
        return self.size * 1.04

    @property
    def ascent(self) -> float:
        """How far the first line reaches above its baseline."""
        return self.size * 0.76

    @property
    def descent(self) -> float:
        """How far a g reaches below its baseline."""
        return self.size * 0.22


def clean(text: str) -> str:
    """Return ``text`` on one line, without characters that an XML document must not contain."""
    return " ".join(NOT_IN_XML.sub("", text).split())


def width_of(text: str, size: float) -> float:
    """Estimate how wide ``text`` is when set bold."""
    return size * sum(map(_ems, text))


def fit(text: str, *, width: float, height: float, face: str) -> TextBlock:
    """Return ``text`` in the largest of SIZES at which it fits the room."""
    for size in SIZES:
        lines = _break(text, width, size)
        block = TextBlock(lines, size, face)
        if all(width_of(line, size) <= width for line in lines) and block.line_height * len(lines) <= height:
            return block
    return TextBlock(_hyphenate(text, width, SIZES[-1], rows=int(height // block.line_height)), SIZES[-1], face)


def shorten(text: str, *, width: float, size: float) -> str:
    """Cut ``text`` to the width, with an ellipsis where something was left out."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip(" ,") + "…"


def _ems(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if character in NARROW:
        return 0.36
    if unicodedata.east_asian_width(character) in "WF":
        return 1.36 if unicodedata.category(character) == "So" else 1.04
    if character in WIDE:
        return 0.92
    if character.isupper() or ord(character) > 0x24F:
        return 0.75
    return 0.61


def _break(text: str, width: float, size: float) -> list[str]:
    """Break into as few lines as the width allows, and those as even as can be."""
    lines = _wrap(text, width, size)
    for narrower in range(95, 40, -5):
        even = _wrap(text, width * narrower / 100, size)
        if len(even) > len(lines):
            break
        lines = even
    return lines


def _wrap(text: str, width: float, size: float) -> list[str]:
    """Fill one line after the other, breaking at spaces only."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _hyphenate(text: str, width: float, size: float, rows: int) -> list[str]:
    """Break anywhere; what does not fit into ``rows`` lines ends in an ellipsis."""
    lines = [""]
    for character in text:
        if width_of(lines[-1] + character, size) > width:
            lines.append("")
        lines[-1] += character
    if len(lines) > rows:
        lines = [*lines[: rows - 1], shorten("".join(lines[rows - 1 :]), width=width, size=size)]
    return lines
