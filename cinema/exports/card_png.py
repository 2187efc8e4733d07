"""The picture of a film in previews of shared links: its poster, its title, its next times."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

from cinema.domain.posters import draw_poster
from cinema.exports.directions import RIGHT_MARK, of_language
from cinema.exports.letters import Style
from cinema.exports.poster_picture import poster_picture

WIDTH, HEIGHT = 1200, 630
POSTER = (420, HEIGHT)
BEGIN, END = 480, WIDTH - 50  # of the texts, from the side where the poster is
ROOM, TOP, BOTTOM = END - BEGIN, 70, HEIGHT - 55
GROUND, INK, SOFT, BULB = "#1a1410", "#f7ead3", "#c4b49b", "#ffcf6b"
TITLE_SIZES, MOST_LINES = (84, 72, 60, 50, 42), 3
LEADING = 1.18
LINE = 98  # dots of a day with its times


class Card(NamedTuple):
    """What a card shows. ``poster`` is the path of an uploaded one, "" without; then one is made of the film's facts.

    ``times`` are a day and its times each, ``foot`` the last line. ``right_to_left`` is how its language is written.
    """

    slug: str
    title: str
    director: str
    year: int | None
    poster: str
    times: Sequence[tuple[str, str]]
    foot: str
    right_to_left: bool = False


def card_png(card: Card) -> bytes:
    """The picture, WIDTH × HEIGHT dots."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    image.paste(_poster(card), (WIDTH - POSTER[0] if card.right_to_left else 0, 0))
    texts = _Texts(ImageDraw.Draw(image), card.right_to_left)
    y = _title(texts, card.title)
    for line in card.times:
        if y + LINE < BOTTOM - 30:
            y = _line(texts, line, y)
    texts.write_start(Style(26, bold=False), card.foot, BOTTOM, SOFT)
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return file.getvalue()


class _Texts(NamedTuple):
    """The texts beside the poster, at the side where lines begin."""

    draw: ImageDraw.ImageDraw
    right_to_left: bool

    def write_start(self, style: Style, text: str, y: float, fill: str) -> None:
        """Write as much of a text of the language as one line takes."""
        lines = style.wrap(of_language(text, right_to_left=self.right_to_left), ROOM)
        self.write(style, next(iter(lines), ""), y, fill)

    def write(self, style: Style, line: str, y: float, fill: str) -> None:
        """Write a line with its baseline at ``y``."""
        x = WIDTH - BEGIN - style.width(line) if self.right_to_left else BEGIN
        style.draw(self.draw, line, (x, y), fill)


def _poster(card: Card) -> Image.Image:
    if card.poster and (path := Path(card.poster)).is_file():
        with Image.open(path) as picture:
            return ImageOps.fit(picture.convert("RGB"), POSTER, Image.Resampling.LANCZOS)
    svg = draw_poster(slug=card.slug, title=card.title, director=card.director, year=card.year)
    return poster_picture(svg, height=HEIGHT).convert("RGB")


def _title(texts: _Texts, title: str) -> float:
    """Write the title as large as it fits; return where it ends."""
    for size in TITLE_SIZES:
        style = Style(size, bold=True)
        lines = style.wrap(title, ROOM)
        if len(lines) <= MOST_LINES and all(style.width(word) <= ROOM for word in title.split()):
            break
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][:-1]}…"]
    y = float(TOP)
    for line in lines:
        y += size * LEADING
        texts.write(style, line, y - size * 0.25, INK)
    return y + 34


def _line(texts: _Texts, line: tuple[str, str], y: float) -> float:
    """Write a day, and its times below it; return where they end."""
    day, times = line
    texts.write_start(Style(28, bold=False), day, y + 32, SOFT)
    mark = RIGHT_MARK if texts.right_to_left else ""  # times alone would begin at the left
    texts.write_start(Style(34, bold=True), mark + times, y + 74, BULB)
    return y + LINE
