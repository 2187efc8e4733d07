"""Slips for receipt printers of 80 mm at 203 dpi, as PNG pictures of one bit: 72 mm of the paper can be printed on.

A picture, because no plain text that such printers take has QR codes, or the letters of every film's title.
"""

import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import Image, ImageDraw

from cinema.domain import qr
from cinema.domain.slips import Code, Line, Pair, Rule, Slip
from cinema.exports.directions import of_language
from cinema.exports.letters import LetterStyle

WIDTH, MARGIN, GAP = 576, 8, 16  # dots, of which 8 are a millimetre
NORMAL, LARGE = 26, 40
LEADING = 1.35
MODULE = 8  # dots of a QR code's squares, if it is not too wide then: a millimetre
DASH = 12
BLACK, WHITE = 0, 1


class Row(NamedTuple):
    """Something to be drawn, and how high it is."""

    height: int
    draw: Callable[[Image.Image, int], None]


def slip_png(slip: Slip, *, right_to_left: bool = False) -> bytes:
    """The picture of a slip in a language that is written from left to right, or from right to left."""
    rows = [row for part in slip for row in _rows(part, right_to_left)]
    image = Image.new("1", (WIDTH, sum(row.height for row in rows) + 2 * GAP), WHITE)
    y = GAP
    for row in rows:
        row.draw(image, y)
        y += row.height
    file = io.BytesIO()
    image.save(file, "png", dpi=(203, 203))
    return file.getvalue()


def _rows(part: Line | Pair | Code | Rule, right_to_left: bool) -> Iterator[Row]:
    match part:
        case Line(text, large):
            text = of_language(text, right_to_left=right_to_left)
            style = LetterStyle(LARGE if large else NORMAL, bold=large)
            for line in style.wrap(text, WIDTH - 2 * MARGIN):
                yield _row(style, (line, (WIDTH - style.width(line)) // 2))
        case Pair(first, last, bold):
            yield from _pair(first, last, LetterStyle(NORMAL, bold=bold), right_to_left)
        case Code(path):
            squares = qr.image(path, module=1).width
            code = qr.image(path, module=min(MODULE, WIDTH // squares))
            yield Row(code.height, lambda image, y: image.paste(code, ((WIDTH - code.width) // 2, y)))
        case Rule():
            yield Row(2 * GAP, _dashes)


def _pair(first: str, last: str, style: LetterStyle, right_to_left: bool) -> Iterator[Row]:
    """Rows with a text at the side where lines begin, and at the other side of the last row what belongs to it."""
    first, end = (of_language(text, right_to_left=right_to_left) for text in (first, style.known(last)))
    room = WIDTH - 2 * MARGIN - style.width(end) - 3 * MARGIN

    def place(text: str, *, ends: bool = False) -> tuple[str, int]:
        return text, WIDTH - MARGIN - style.width(text) if ends != right_to_left else MARGIN

    *before, text = style.wrap(first, max(room, WIDTH // 3)) or [""]
    for line in before:
        yield _row(style, place(line))
    yield _row(style, place(text), place(end, ends=True))


def _dashes(image: Image.Image, y: int) -> None:
    draw = ImageDraw.Draw(image)
    for x in range(MARGIN, WIDTH - MARGIN, 2 * DASH):
        draw.line([(x, y + GAP), (x + DASH, y + GAP)], fill=BLACK, width=2)


def _row(style: LetterStyle, *texts: tuple[str, int]) -> Row:
    """A row with texts, each from its place on."""

    def draw(image: Image.Image, y: int) -> None:
        for text, x in texts:
            style.draw(ImageDraw.Draw(image), text, (x, y + style.size), BLACK)

    return Row(round(style.size * LEADING), draw)
