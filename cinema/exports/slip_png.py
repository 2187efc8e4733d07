"""Slips for receipt printers of 80 mm at 203 dpi, as PNG pictures of one bit: 72 mm of the paper can be printed on.

A picture, because no plain text that such printers take has QR codes, or the letters of every film's title.
"""

import io
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby
from typing import NamedTuple

import uharfbuzz
from anyascii import anyascii
from PIL import Image, ImageDraw, ImageFont

from cinema.domain import qr
from cinema.domain.slips import Code, Line, Pair, Rule, Slip
from cinema.exports.receipt_pdf import DEVANAGARI, FONT, FONTS, INDIC

WIDTH, MARGIN, GAP = 576, 8, 16  # dots, of which 8 are a millimetre
NORMAL, LARGE = 26, 40
LEADING = 1.35
MODULE = 8  # dots of a QR code's squares, if it is not too wide then: a millimetre
DASH = 12
JOINERS = "\u200c\u200d"  # of letters of Hindi
BLACK, WHITE = 0, 1


class Row(NamedTuple):
    """Something to be drawn, and how high it is."""

    height: int
    draw: Callable[[Image.Image, int], None]


def slip_png(slip: Slip) -> bytes:
    rows = [row for part in slip for row in _rows(part)]
    image = Image.new("1", (WIDTH, sum(row.height for row in rows) + 2 * GAP), WHITE)
    y = GAP
    for row in rows:
        row.draw(image, y)
        y += row.height
    file = io.BytesIO()
    image.save(file, "png", dpi=(203, 203))
    return file.getvalue()


def _rows(part: Line | Pair | Code | Rule) -> Iterator[Row]:
    match part:
        case Line(text, large):
            style = Style(LARGE if large else NORMAL, bold=large)
            for line in style.wrap(text, WIDTH - 2 * MARGIN):
                yield style.row((line, (WIDTH - style.width(line)) // 2))
        case Pair(left, right, bold):
            yield from _pair(left, right, Style(NORMAL, bold=bold))
        case Code(path):
            squares = qr.image(path, module=1).width
            code = qr.image(path, module=min(MODULE, WIDTH // squares))
            yield Row(code.height, lambda image, y: image.paste(code, ((WIDTH - code.width) // 2, y)))
        case Rule():
            yield Row(2 * GAP, _dashes)


def _pair(left: str, right: str, style: "Style") -> Iterator[Row]:
    end = style.known(right)
    start = WIDTH - MARGIN - style.width(end)
    *before, last = style.wrap(left, max(start - 3 * MARGIN, WIDTH // 3)) or [""]
    for line in before:
        yield style.row((line, MARGIN))
    yield style.row((last, MARGIN), (end, start))


def _dashes(image: Image.Image, y: int) -> None:
    draw = ImageDraw.Draw(image)
    for x in range(MARGIN, WIDTH - MARGIN, 2 * DASH):
        draw.line([(x, y + GAP), (x + DASH, y + GAP)], fill=BLACK, width=2)


class Style(NamedTuple):
    """A size of letters, in dots."""

    size: int
    bold: bool

    def row(self, *texts: tuple[str, int]) -> Row:
        """A row with texts, each from its place on."""

        def draw(image: Image.Image, y: int) -> None:
            for text, x in texts:
                self._draw(ImageDraw.Draw(image), text, (x, y))

        return Row(round(self.size * LEADING), draw)

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

    def _draw(self, draw: ImageDraw.ImageDraw, text: str, at: tuple[int, int]) -> None:
        x, y = float(at[0]), at[1] + self.size
        for run, font in self._runs(text):
            draw.text((x, y), run, fill=BLACK, font=font, anchor="ls")
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
