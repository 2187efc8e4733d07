"""Pictures for previews of shared links: of a film with its next times, or of a list of films."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageOps

from cinema.domain.posters import draw_poster
from cinema.exports.directions import RIGHT_MARK, of_language
from cinema.exports.letters import LetterStyle
from cinema.exports.poster_picture import poster_picture

WIDTH, HEIGHT = 1200, 630
POSTERS = (420, HEIGHT)
MOST_POSTERS = 4  # two beside each other in two rows
BEGIN, END = 480, WIDTH - 50  # of the texts, from the side where the poster is
ROOM, TOP, BOTTOM = END - BEGIN, 70, HEIGHT - 55
LOGO_TOP, LOGO = 40, (ROOM, 96)
GROUND, INK, SOFT, BULB = "#1a1410", "#f7ead3", "#c4b49b", "#ffcf6b"
TITLE_SIZES, MOST_LINES = (84, 72, 60, 50, 42), 3
LEADING = 1.18
LINE, LABELS = 98, 38  # dots of a day with its times, and of the labels of one


class Poster(NamedTuple):
    """What the poster of a film is made of; ``file`` is the path of an uploaded one, "" without."""

    slug: str
    title: str
    director: str
    year: int | None
    file: str


class Card(NamedTuple):
    """What a card shows. ``times`` are a day or a film, its times and, if there are any, their labels each; ``foot`` is
    the last line.

    ``right_to_left`` is how its language is written. At its top is the ``logo``, a picture for a dark ground, if there
    is one.
    """

    posters: Sequence[Poster]
    title: str
    times: Sequence[tuple[str, ...]]
    foot: str
    right_to_left: bool = False
    logo: bytes | None = None


def card_png(card: Card) -> bytes:
    """The picture, WIDTH × HEIGHT dots."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    _paste_posters(image, card)
    texts = _Texts(ImageDraw.Draw(image), card.right_to_left)
    y = _title(texts, card.title, _paste_logo(image, card) if card.logo else TOP)
    for line in card.times:
        if y + _height(line) < BOTTOM - 30:
            y = _line(texts, line, y)
    texts.write_start(LetterStyle(26, bold=False), card.foot, BOTTOM, SOFT)
    file = io.BytesIO()
    image.save(file, "png", optimize=True)
    return file.getvalue()


class _Texts(NamedTuple):
    """The texts beside the poster, at the side where lines begin."""

    draw: ImageDraw.ImageDraw
    right_to_left: bool

    def write_start(self, style: LetterStyle, text: str, y: float, fill: str) -> None:
        """Write as much of a text of the language as one line takes."""
        whole = of_language(text, right_to_left=self.right_to_left)
        lines = style.wrap(whole, ROOM)
        if len(lines) > 1:
            lines = [f"{style.wrap(whole, ROOM - style.width('…'))[0].rstrip(' ·,')}…"]
        self.write(style, next(iter(lines), ""), y, fill)

    def write(self, style: LetterStyle, line: str, y: float, fill: str) -> None:
        """Write a line with its baseline at ``y``."""
        x = WIDTH - BEGIN - style.width(line) if self.right_to_left else BEGIN
        style.draw(self.draw, line, (x, y), fill)


def _paste_posters(image: Image.Image, card: Card) -> None:
    """One poster as large as it fits, or up to four of half its size, in the middle of the place for them."""
    posters = card.posters[:MOST_POSTERS]
    across = 1 if len(posters) == 1 else 2
    width, height = POSTERS[0] // across, POSTERS[1] // across
    rows = [posters[first : first + across] for first in range(0, len(posters), across)]
    side, top = WIDTH - POSTERS[0] if card.right_to_left else 0, (HEIGHT - len(rows) * height) // 2
    for down, row in enumerate(rows):
        left = side + (POSTERS[0] - len(row) * width) // 2
        for beside, poster in enumerate(row):
            image.paste(_picture(poster, (width, height)), (left + beside * width, top + down * height))


def _picture(poster: Poster, size: tuple[int, int]) -> Image.Image:
    if poster.file and (path := Path(poster.file)).is_file():
        with Image.open(path) as picture:
            return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)
    svg = draw_poster(slug=poster.slug, title=poster.title, director=poster.director, year=poster.year)
    return poster_picture(svg, height=size[1]).convert("RGB")


def _paste_logo(image: Image.Image, card: Card) -> int:
    """Put the logo at the top; return where it ends."""
    with Image.open(io.BytesIO(card.logo or b"")) as picture:
        drawn = ImageOps.contain(picture.convert("RGBA"), LOGO, Image.Resampling.LANCZOS)
    image.paste(drawn, (WIDTH - BEGIN - drawn.width if card.right_to_left else BEGIN, LOGO_TOP), drawn)
    return LOGO_TOP + drawn.height


def _title(texts: _Texts, title: str, top: float) -> float:
    """Write the title as large as it fits; return where it ends."""
    for size in TITLE_SIZES:
        style = LetterStyle(size, bold=True)
        lines = style.wrap(title, ROOM)
        if len(lines) <= MOST_LINES and all(style.width(word) <= ROOM for word in title.split()):
            break
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1][:-1]}…"]
    y = float(top)
    for line in lines:
        y += size * LEADING
        texts.write(style, line, y - size * 0.25, INK)
    return y + 34


def _height(line: tuple[str, ...]) -> int:
    _head, _times, *labels = line
    return LINE + LABELS * len(labels)


def _line(texts: _Texts, line: tuple[str, ...], y: float) -> float:
    """Write a day or a film, and below it its times and their labels; return where they end."""
    head, times, *labels = line
    texts.write_start(LetterStyle(28, bold=False), head, y + 32, SOFT)
    mark = RIGHT_MARK if texts.right_to_left else ""  # times alone would begin at the left
    texts.write_start(LetterStyle(34, bold=True), mark + times, y + 74, BULB)
    for number, text in enumerate(labels):
        texts.write_start(LetterStyle(26, bold=False), text, y + 110 + LABELS * number, INK)
    return y + _height(line)
