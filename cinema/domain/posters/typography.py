"""Fitting of a title into its space: lines of similar length, as large as possible.

The font depends on the reader's device, so widths are estimated, rather too wide than too narrow.
"""

import re
import unicodedata

SIZES = (112, 96, 84, 74, 66, 59, 53, 48, 43, 39, 35, 32, 29, 26, 23, 20, 17, 15, 13, 11)
LINE, ASCENT, DESCENT = 1.04, 0.76, 0.22  # in font sizes: line height, extent of letters above and below the baseline
DEEP = 0.4  # the same below it in Arabic
SMALL = 32  # at this size and below, a word wider than the line is broken
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NARROW, WIDE = set(" .,:;'’!|ijlItfr()[]-"), set("mwMWOQG@%&—")


def clean(text: str) -> str:
    """Return ``text`` on one line, without characters that an XML document must not contain."""
    return " ".join(NOT_IN_XML.sub("", text).split())


def fit(text: str, *, width: float, height: float) -> tuple[list[str], int]:
    """Return the lines of ``text`` and the largest of SIZES at which they fit; if none does, cut the last lines."""
    for size in SIZES:
        lines = wrap(text, width, size)
        if len(lines) * size * LINE <= height and all(width_of(line, size) <= width for line in lines):
            break
    for narrower in range(95, 40, -5):
        even = wrap(text, width * narrower / 100, size)
        if len(even) > len(lines):
            break
        lines = even
    return lines[: int(height / (size * LINE))], size


def wrap(text: str, width: float, size: float) -> list[str]:
    """Break ``text`` into lines at spaces; at small sizes also break words wider than a line."""
    lines: list[str] = []
    for word in text.split():
        for part in _break(word, width, size) if size <= SMALL else [word]:
            if lines and width_of(f"{lines[-1]} {part}", size) <= width:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
    return lines


def width_of(text: str, size: float) -> float:
    """Estimate the width of ``text`` in bold, in the unit of ``size``."""
    return size * sum(map(_ems, text))


def _break(word: str, width: float, size: float) -> list[str]:
    parts = [""]
    for character in word:
        if width_of(parts[-1] + character, size) > width:
            parts.append("")
        parts[-1] += character
    return parts


def _ems(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if character in NARROW:
        return 0.36
    if unicodedata.east_asian_width(character) in "WF":
        return 1.36 if unicodedata.category(character) == "So" else 1.04
    if character in WIDE:
        return 0.92
    return 0.75 if character.isupper() or ord(character) > 0x24F else 0.61
