"""Pictures and colours of the generated posters. A picture is clipped to WIDTH × FIELD units."""

from collections.abc import Callable, Iterator
from math import cos, sin, tau
from random import Random
from typing import NamedTuple
from unicodedata import normalize

from cinema.domain.posters.svg import WIDTH, circle, path, rectangle, text
from cinema.domain.posters.typography import width_of

FIELD = 384
LATIN = 0x24F  # the last Latin letter with a capital and no more than a mark above it
CENTRE, MIDDLE = WIDTH / 2, FIELD / 2


class Palette(NamedTuple):
    """Colours of a poster. Texts are ``ink`` on ``ground`` (contrast at least 4.5 to 1); ``spark`` is a rare accent."""

    ground: str
    ink: str
    bold: str
    calm: str
    spark: str


PALETTES = [
    Palette("#f3e9d2", "#1d1a16", "#d9442a", "#2f5d62", "#e3a72f"),  # cream
    Palette("#14213d", "#fdf3dc", "#f77f00", "#3d5a8a", "#fcd581"),  # night
    Palette("#a63a24", "#fff3e0", "#f2a679", "#5c1a10", "#f6c85f"),  # terracotta
    Palette("#1f3d2b", "#f4efdc", "#f2795a", "#5b8a4a", "#d6dd74"),  # forest
    Palette("#e9b132", "#1b1b1e", "#c8372d", "#7a4a12", "#fbf3dd"),  # mustard
    Palette("#bcd4de", "#14263a", "#1f4e79", "#7fa6b8", "#e4572e"),  # powder
    Palette("#34183d", "#fbe9ef", "#d1477a", "#6d4a8c", "#f5b841"),  # plum
    Palette("#f4c9bd", "#2b1422", "#8c1c3f", "#e8735a", "#fff6ea"),  # blush
    Palette("#131316", "#f5f2ea", "#e1251b", "#55555c", "#f0b429"),  # projection room
    Palette("#0f4c4f", "#f6efd9", "#e76f51", "#2a8a80", "#e9c46a"),  # lagoon
    Palette("#ece8e1", "#141414", "#2142ab", "#b9b3a6", "#f2b705"),  # gallery
    Palette("#b3101c", "#fff6e5", "#2b0508", "#dc5048", "#f7c59f"),  # curtain
]


def initial(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """The first letter of the title, as large as the picture lets it be whole."""
    letter = next((character for character in title if character.isalnum()), "•").upper()
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    yield circle(rng.choice([70, 330]), 90, 44, palette.spark)
    yield text(letter, x=CENTRE, y=MIDDLE + 120, size=_size(letter), face="serif", fill=palette.bold, anchor="middle")


def _size(letter: str) -> float:
    """The font size at which a letter keeps within the picture; what has marks or parts above it is smaller."""
    if ord(letter[0]) > LATIN:
        return 230
    tallest = 300 if len(normalize("NFD", letter)) > 1 else 380
    return min(tallest, 340 / (1.2 * width_of(letter, 1)))


def rings(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Rings rising from the lower edge."""
    x = rng.choice([0, CENTRE, WIDTH])
    colours = [palette.bold, palette.ground, palette.calm, palette.ground, palette.bold, palette.spark, palette.ground]
    for n, colour in enumerate(colours):
        yield circle(x, FIELD, 50 * (len(colours) - n), colour)
    yield circle(x, FIELD, 22, palette.ink)


def bands(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Diagonal bands."""
    lean, x = rng.choice([-260, 260]), -300
    colours = [palette.bold, palette.ground, palette.calm, palette.bold, palette.ground, palette.spark] * 2
    for width, colour in zip([120, 24, 70, 150, 16, 48, 110, 30, 90, 60, 130, 40], colours, strict=True):
        yield path(f"M{x},{FIELD} h{width} l{lean},-{FIELD} h-{width} Z", colour)
        x += width


def scales(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Rows of half discs, each with the round side up or down."""
    for n in range(16):
        x, y = n % 4 * 100, n // 4 * 96 + 48
        y, sweep = rng.choice([(y + 48, 1), (y - 2, 0)])
        [colour] = rng.choices([palette.bold, palette.calm, palette.spark, palette.ink], [5, 4, 2, 1])
        yield path(f"M{x},{y} a50,50 0 0 {sweep} 100,0 Z", colour)


def rays(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A sun with rays to the edges of the picture."""
    x, y = rng.choice([90, CENTRE, 310]), rng.choice([150, FIELD])
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    for n in range(18):
        ends = [
            f"L{x + 700 * cos(angle):.1f},{y + 700 * sin(angle):.1f}" for angle in (tau * n / 18, tau * (n + 0.5) / 18)
        ]
        yield path(f"M{x},{y} {' '.join(ends)} Z", palette.bold)
    yield circle(x, y, 104, palette.calm)
    yield circle(x, y, 84, palette.spark)


def pair(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Two discs that overlap."""
    apart = rng.choice([62, 74])
    half = (122**2 - apart**2) ** 0.5  # half the height of the overlap
    yield circle(CENTRE - apart, MIDDLE, 122, palette.bold)
    yield circle(CENTRE + apart, MIDDLE, 122, palette.calm)
    arc = "A122,122 0 0 1 200"
    yield path(f"M200,{MIDDLE - half:.1f} {arc},{MIDDLE + half:.1f} {arc},{MIDDLE - half:.1f} Z", palette.spark)


def sunset(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A sun crossed by stripes that grow wider downwards."""
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    yield circle(CENTRE, 205, 132, rng.choice([palette.bold, palette.spark]))
    for n in range(6):
        yield rectangle(0, 213 + n * 22, WIDTH, 3 + n * 2.6, palette.calm)


def waves(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Waves, and a sun behind them."""
    yield circle(rng.choice([110, 290]), 126, 84, palette.spark)
    for n, colour in enumerate([palette.calm, palette.bold, palette.calm, palette.bold, palette.ink]):
        top, phase = 150 + n * 50, rng.uniform(0, tau)
        crest = " ".join(f"{x},{top + 20 * sin(phase + x / 50):.1f}" for x in range(0, WIDTH + 1, 8))
        yield path(f"M0,{FIELD} L{crest} L{WIDTH},{FIELD} Z", colour)


def leaves(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A twig with one leaf of another colour."""
    turned = rng.randrange(8)
    yield rectangle(CENTRE - 3, 30, 6, FIELD, palette.ink)
    for n in range(8):
        side, y = (-1, 1)[n % 2], 86 + n // 2 * 84 + n % 2 * 20
        colour = palette.spark if n == turned else (palette.bold, palette.calm)[n % 3 == 0]
        yield path(f"M{CENTRE},{y} q{side * 40},-96 {side * 150},-70 q{side * -20},96 {side * -150},70 Z", colour)


def frames(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A strip of film that runs through the picture."""
    x, lit = rng.choice([60, 130]), rng.randrange(1, 3)
    yield rectangle(x, 0, 210, FIELD, palette.ink)
    for n in range(4):
        y = n * 112 - 32
        yield rectangle(x + 38, y, 134, 96, palette.spark if n == lit else (palette.bold, palette.calm)[n % 2])
        for hole in range(4):
            for side in (x + 10, x + 182):
                yield rectangle(side, y + 4 + hole * 28, 18, 14, palette.ground)


def arches(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Gates within each other, and a way through them."""
    colours = [palette.bold, palette.calm, palette.ground, palette.bold, palette.spark]
    for n, colour in enumerate(colours):
        half = 180 - n * 34
        top = 40 + n * 40 + half
        left, right = CENTRE - half, CENTRE + half
        yield path(f"M{left},{FIELD} L{left},{top} a{half},{half} 0 0 1 {2 * half},0 L{right},{FIELD} Z", colour)
    yield circle(CENTRE + rng.choice([-150, 150]), 54, 26, palette.spark)


def stairs(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Stairs up to a light."""
    up = rng.choice([1, -1])
    yield circle(CENTRE + up * 120, 96, 62, palette.spark)
    for n in range(6):
        x = n * 70 - 10 if up > 0 else WIDTH + 10 - (n + 1) * 70
        top = FIELD - 40 - n * 42
        yield rectangle(x, top, 70, FIELD - top, (palette.bold, palette.calm)[n % 2])


def orbits(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A sun with rings, and a body on each."""
    for radius in (172, 128, 84):
        yield circle(CENTRE, MIDDLE, radius, palette.calm)
        yield circle(CENTRE, MIDDLE, radius - 4, palette.ground)
    yield circle(CENTRE, MIDDLE, 44, palette.bold)
    for radius, size, colour in ((170, 24, palette.bold), (126, 16, palette.spark), (82, 11, palette.ink)):
        angle = rng.uniform(0, tau)
        yield circle(CENTRE + radius * cos(angle), MIDDLE + radius * sin(angle), size, colour)


Draw = Callable[[Random, Palette, str], Iterator[str]]
PATTERNS: list[Draw] = [
    *(initial, rings, bands, scales, rays, pair, sunset, waves, leaves),
    *(frames, arches, stairs, orbits),
]
