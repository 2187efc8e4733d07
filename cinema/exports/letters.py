"""Texts in pictures, set in the fonts of the receipts."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from anyascii import anyascii
from PIL import ImageDraw

from cinema.exports.directions import keep_direction, runs
from cinema.exports.font_files import JOINERS, MARKS
from cinema.exports.glyphs import Glyph, glyphs, known_letters


class LetterStyle(NamedTuple):
    """A size of letters, in dots."""

    size: int
    bold: bool

    def wrap(self, text: str, most: int) -> list[str]:
        """The text in lines that are at most so wide, broken between words, or else within one."""
        lines: list[str] = []
        for word in self.known(text).split():
            if lines and self.width(f"{lines[-1]} {word}") <= most:
                lines[-1] += f" {word}"
                continue
            while self.width(word) > most and len(word) > 1:
                fits = max(1, bisect_right(range(1, len(word)), most, key=partial(self._width_of_start, word)))
                lines.append(word[:fits])
                word = word[fits:]
            lines.append(word)
        return keep_direction(lines, text)

    def _width_of_start(self, word: str, letters: int) -> int:
        return self.width(word[:letters])

    def width(self, text: str) -> int:
        return round(sum(glyph.advance for glyph in self._glyphs(text)))

    def known(self, text: str) -> str:
        """The text, with letters that the fonts lack spelled in Latin ones, and without control characters."""
        letters = (
            each if ord(each) in known_letters() or each in JOINERS + MARKS else anyascii(each)
            for each in text
            if each.isprintable() or each in JOINERS + MARKS or unicodedata.category(each) == "Zs"
        )
        return "".join(letters)

    def draw(self, draw: ImageDraw.ImageDraw, text: str, at: tuple[float, float], fill: int | str) -> None:
        """Write the text from its left end on, with its baseline at a height of ``at``."""
        x, y = at
        for glyph in self._glyphs(text):
            draw.text((x + glyph.x, y - glyph.y), glyph.letter, fill=fill, font=glyph.font, anchor="ls")
            x += glyph.advance

    def _glyphs(self, text: str) -> Iterator[Glyph]:
        """The glyphs of a line, the leftmost first."""
        for run in runs(text):
            yield from glyphs(run, "B" if self.bold else "", self.size)
