"""The picture of a film in previews of shared links: its poster, its title, its next times."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

from cinema.domain.posters import draw_poster
from cinema.exports.letters import Style
from cinema.exports.poster_picture import poster_picture

WIDTH, HEIGHT = 1200, 630
POSTER = (420, HEIGHT)
LEFT, RIGHT, TOP, BOTTOM = 480, WIDTH - 50, 70, HEIGHT - 55
GROUND, INK, SOFT, BULB = "#1a1410", "#f7ead3", "#c4b49b", "#ffcf6b"
TITLE_SIZES, MOST_LINES = (84, 72, 60, 50, 42), 3
LEADING = 1.18
LINE = 98  # dots of a day with its times


class Card(NamedTuple):
    """What a card shows. ``poster`` is the path of an uploaded one, "" without; then one is made of the film's facts.

    ``times`` are a day and its times each, ``foot`` the last line.
    """

    slug: str
    title: str
    director: str
    year: int | None
    poster: str
    times: Sequence[tuple[str, str]]
    foot: str


def card_png(card: Card) -> bytes:
    """The picture, WIDTH × HEIGHT dots."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    image.paste(_poster(card), (0, 0))
    draw = ImageDraw.Draw(image)
    y = _title(draw, card.title)
    for line in card.times:
        if y + LINE < BOTTOM - 30:
            y = _line(draw, line, y)
    foot = Style(26, bold=False)
    foot.draw(draw, foot.wrap(card.foot, RIGHT - LEFT)[0] if card.foot else "", (LEFT, BOTTOM), SOFT)
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return file.getvalue()


def _poster(card: Card) -> Image.Image:
    if card.poster and (path := Path(card.poster)).is_file():
        with Image.open(path) as picture:
            return ImageOps.fit(picture.convert("RGB"), POSTER, Image.Resampling.LANCZOS)
    svg = draw_poster(slug=card.slug, title=card.title, director=card.director, year=card.year)
    return poster_picture(svg, height=HEIGHT).convert("RGB")


def _title(draw: ImageDraw.ImageDraw, title: str) -> float:
    """Write the title as large as it fits; return where it ends."""
    for size in TITLE_SIZES:
        style = Style(size, bold=True)
        lines = style.wrap(title, RIGHT - LEFT)
        if len(lines) <= MOST_LINES and all(style.width(word) <= RIGHT - LEFT for word in title.split()):
            break
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][:-1]}…"]
    y = float(TOP)
    for line in lines:
        y += size * LEADING
        style.draw(draw, line, (LEFT, y - size * 0.25), INK)
    return y + 34


def _line(draw: ImageDraw.ImageDraw, line: tuple[str, str], y: float) -> float:
    """Write a day, and its times below it; return where they end."""
    day, times = line
    small, large = Style(28, bold=False), Style(34, bold=True)
    small.draw(draw, small.wrap(day, RIGHT - LEFT)[0], (LEFT, y + 32), SOFT)
    large.draw(draw, large.wrap(times, RIGHT - LEFT)[0], (LEFT, y + 74), BULB)
    return y + LINE
