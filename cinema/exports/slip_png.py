"""Slips for receipt printers of 80 mm at 203 dpi, as PNG pictures of one bit: 72 mm of the paper can be printed on.

A picture, because no plain text that such printers take has QR codes, or the letters of every film's title.
"""

import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from PIL import Image, ImageDraw

from cinema.domain import qr
from cinema.domain.slips import Code, Line, Pair, Rule, Slip
from cinema.exports.letters import Style

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
                yield _row(style, (line, (WIDTH - style.width(line)) // 2))
        case Pair(left, right, bold):
            yield from _pair(left, right, Style(NORMAL, bold=bold))
        case Code(path):
            squares = qr.image(path, module=1).width
            code = qr.image(path, module=min(MODULE, WIDTH // squares))
            yield Row(code.height, lambda image, y: image.paste(code, ((WIDTH - code.width) // 2, y)))
        case Rule():
            yield Row(2 * GAP, _dashes)


def _pair(left: str, right: str, style: Style) -> Iterator[Row]:
    end = style.known(right)
    start = WIDTH - MARGIN - style.width(end)
    *before, last = style.wrap(left, max(start - 3 * MARGIN, WIDTH // 3)) or [""]
    for line in before:
        yield _row(style, (line, MARGIN))
    yield _row(style, (last, MARGIN), (end, start))


def _dashes(image: Image.Image, y: int) -> None:
    draw = ImageDraw.Draw(image)
    for x in range(MARGIN, WIDTH - MARGIN, 2 * DASH):
        draw.line([(x, y + GAP), (x + DASH, y + GAP)], fill=BLACK, width=2)


def _row(style: Style, *texts: tuple[str, int]) -> Row:
    """A row with texts, each from its place on."""

    def draw(image: Image.Image, y: int) -> None:
        for text, x in texts:
            style.draw(ImageDraw.Draw(image), text, (x, y + style.size), BLACK)

    return Row(round(style.size * LEADING), draw)
