"""The glyphs of a text with their places: shaped by HarfBuzz, and each drawn by Pillow as a letter of its own.

Pillow itself joins letters only where the machine has FriBiDi.
"""

import io
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import uharfbuzz
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from PIL import ImageFont

from cinema.exports.directions import Run
from cinema.exports.font_files import LATIN, SCRIPTS, font_file

FIRST = 0xE000  # of Unicode's private characters: here those of the glyphs of a font by their numbers


class Glyph(NamedTuple):
    """A glyph as a ``letter`` of ``font``, its place beside the pen in dots, and how far the pen then moves."""

    letter: str
    font: ImageFont.FreeTypeFont
    x: float
    y: float
    advance: float


class Face:
    """A font file, for shaping."""

    def __init__(self, family: str, style: str) -> None:
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(font_file(family, style))))
        self.codes, self.units = frozenset(face.unicodes), face.upem
        self._font = uharfbuzz.Font(face)

    def shape(self, run: Run) -> Iterator[tuple[uharfbuzz.GlyphInfo, uharfbuzz.GlyphPosition]]:
        """The glyphs of a run and their places, the leftmost first."""
        buffer = uharfbuzz.Buffer()
        buffer.add_str(run.text)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if run.right_to_left else "ltr"
        uharfbuzz.shape(self._font, buffer)
        return zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)


def glyphs(run: Run, style: str, size: int) -> Iterator[Glyph]:
    """The glyphs of a run in a style ("" or “B”) and a size in dots, the leftmost first."""
    face, font = _face(run.family, style), _font(run.family, style, size)
    scale = size / face.units
    for info, place in face.shape(run):
        x, y, advance = (part * scale for part in (place.x_offset, place.y_offset, place.x_advance))
        yield Glyph(chr(FIRST + info.codepoint), font, x, y, advance)


@cache
def known_letters() -> frozenset[int]:
    """The codes of the characters that the fonts have."""
    return frozenset().union(*(_face(family, "").codes for family in (LATIN, *SCRIPTS)))


@cache
def _face(family: str, style: str) -> Face:
    return Face(family, style)


@lru_cache(maxsize=100)
def _font(family: str, style: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_numbered(family, style)), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _numbered(family: str, style: str) -> bytes:
    """The font with a private character for each of its glyphs, and no others."""
    file = io.BytesIO()
    with TTFont(font_file(family, style), lazy=True, recalcBBoxes=False, recalcTimestamp=False) as font:
        numbers = CmapSubtable.newSubtable(4)
        numbers.platformID, numbers.platEncID, numbers.language = 3, 1, 0
        numbers.cmap = {FIRST + number: name for number, name in enumerate(font.getGlyphOrder())}
        font["cmap"].tables = [numbers]
        font.save(file)
    return file.getvalue()
