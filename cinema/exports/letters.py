"""Texts in pictures, set in the fonts of the receipts."""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import NamedTuple

import uharfbuzz
from anyascii import anyascii
from PIL import ImageDraw, ImageFont

from cinema.exports.receipt_pdf import DEVANAGARI, FONT, FONTS, INDIC

JOINERS = "\u200c\u200d"  # of letters of Hindi


class Style(NamedTuple):
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
                fits = max(n for n in range(1, len(word)) if n == 1 or self.width(word[:n]) <= most)
                lines.append(word[:fits])
                word = word[fits:]
            lines.append(word)
        return lines

    def width(self, text: str) -> int:
        return round(sum(font.getlength(run) for run, font in self._runs(text)))

    def known(self, text: str) -> str:
        """The text, with letters that the fonts lack spelled in Latin ones, and without control characters."""
        letters = (
            each if ord(each) in _letters() else anyascii(each)
            for each in text
            if each.isprintable() or each in JOINERS
        )
        return "".join(letters)

    def draw(self, draw: ImageDraw.ImageDraw, text: str, at: tuple[float, float], fill: int | str) -> None:
        """Write the text with its baseline at a height of ``at``."""
        x, y = at
        for run, font in self._runs(text):
            draw.text((x, y), run, fill=fill, font=font, anchor="ls")
            x += font.getlength(run)

    def _runs(self, text: str) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
        for is_indic, letters in groupby(text, lambda letter: ord(letter) in DEVANAGARI):
            yield "".join(letters), _font(INDIC if is_indic else FONT, self.size, self.bold)


@cache
def _font(family: str, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_file(family, "Bold" if bold else "Regular"), size)


def _file(family: str, style: str) -> str:
    return str(FONTS / f"{family.replace(' ', '')}-{style}.ttf")


@cache
def _letters() -> frozenset[int]:
    """The characters that the fonts have."""
    faces = (uharfbuzz.Face(uharfbuzz.Blob.from_file_path(_file(family, "Regular"))) for family in (FONT, INDIC))
    return frozenset(letter for face in faces for letter in face.unicodes)
