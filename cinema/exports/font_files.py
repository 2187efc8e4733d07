"""The fonts of PDF files and pictures: Noto Sans, and a family for each script that it lacks."""

from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
LATIN, DEVANAGARI, ARABIC = "Noto Sans", "Noto Sans Devanagari", "Noto Sans Arabic"
STYLES = {"": "Regular", "B": "Bold"}
SCRIPTS = {
    DEVANAGARI: [range(0x900, 0x980)],
    ARABIC: [range(0x600, 0x700), range(0xFB50, 0xFC00), range(0xFDF2, 0xFDFD), range(0xFE70, 0xFEFF)],
}
JOINERS = "\u200c\u200d"  # whether letters beside them are joined
MARKS = "\u061c\u200e\u200f\u2066\u2067\u2068\u2069"  # of the direction of writing, never drawn


def font_file(family: str, style: str = "") -> Path:
    """The file of a family in a style: "" or “B”."""
    return FOLDER / f"{family.replace(' ', '')}-{STYLES[style]}.ttf"


def family_of(letter: str) -> str:
    """The family that has a letter, if any has."""
    code = ord(letter)
    return next((family for family, parts in SCRIPTS.items() if any(code in part for part in parts)), LATIN)


def families_of(text: str) -> list[str]:
    """The families beside Noto Sans that a text needs."""
    codes = set(map(ord, text))
    return [family for family, parts in SCRIPTS.items() if any(not codes.isdisjoint(part) for part in parts)]
