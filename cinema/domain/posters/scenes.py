"""Pictures of something: a sea, a house at night, somebody in the cinema."""

from collections.abc import Iterator
from math import sin, tau
from random import Random

from cinema.domain.posters.palettes import Palette
from cinema.domain.posters.series import CENTRE, FIELD, MIDDLE, suits
from cinema.domain.posters.svg import WIDTH, circle, element, path, polygon, rectangle


@suits("Adventure", "Romance", "Western", face="serif")
def sunset(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A sun that sinks into slits of the sky."""
    radius, y = 132, 205
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    yield circle(CENTRE, y, radius, rng.choice([palette.bold, palette.spark]))
    for n in range(6):
        yield rectangle(0, y + 8 + n * 22, WIDTH, 3 + n * 2.6, palette.calm)


@suits("Comedy", "Documentary", "Crime")
def strip(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A strip of film across the field, one frame of it alight."""
    lit, frame = rng.randrange(1, 4), 132
    shapes = [rectangle(CENTRE - 98, -170, 196, 760, palette.ink)]
    for n in range(-1, 5):
        top = n * frame - 70
        shapes.append(rectangle(CENTRE - 66, top, 132, frame - 14, palette.spark if n == lit else palette.bold, rx=4))
        shapes.append(circle(CENTRE, top + 59, 34, palette.bold if n == lit else palette.calm))
        for hole in range(3):
            for x in (CENTRE - 91, CENTRE + 73):
                shapes.append(rectangle(x, top + 4 + hole * 44, 18, 22, palette.ground, rx=4))
    yield element("g", *shapes, transform=f"rotate({rng.choice([-18, 18])} {CENTRE} {MIDDLE})")


@suits("Romance", "Fantasy", "Adventure", face="serif")
def waves(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Waves, a boat perhaps, and whatever is setting behind them."""
    yield circle(rng.choice([110, 290]), 126, 84, palette.spark)
    boat = rng.choice([1, 2, None])
    for n, colour in enumerate([palette.calm, palette.bold, palette.calm, palette.bold, palette.ink]):
        top, phase = 150 + n * 50, rng.uniform(0, tau)
        if n == boat:
            x = rng.choice([120, 250])
            yield polygon([(x, top - 104), (x, top - 20), (x + 54, top - 20)], palette.ground)
            yield path(f"M{x - 40},{top - 14} h104 q-10,34 -40,34 h-24 q-30,0 -40,-34 Z", palette.ink)
        crest = " ".join(f"{x},{top + 20 * sin(phase + x / 400 * tau * 1.25):.1f}" for x in range(0, WIDTH + 1, 8))
        yield path(f"M0,{FIELD} L{crest} L{WIDTH},{FIELD} Z", colour)


@suits("Crime", "Drama", "Mystery")
def windows(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A house at night; somebody is awake."""
    awake, lit = rng.randrange(8, 22), {rng.randrange(30) for _ in range(6)}
    yield rectangle(40, 34, 320, FIELD, palette.calm)
    for n in range(30):
        x, y = 64 + n % 5 * 58, 62 + n // 5 * 58
        yield rectangle(x, y, 40, 42, palette.spark if n in {awake, *lit} else palette.ground)
        if n == awake:
            yield circle(x + 20, y + 19, 8, palette.bold)
            yield path(f"M{x + 6},{y + 42} a14,14 0 0 1 28,0 Z", palette.bold)


@suits("Comedy", "Drama", "Thriller")
def stairs(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A staircase, and something at its top or foot."""
    run, rise, at = 50, 40, rng.choice([0, 4, 7])
    shapes = [
        rectangle(n * run, FIELD - (n + 1) * rise, WIDTH, rise, palette.calm if n % 2 else palette.bold)
        for n in range(8)
    ]
    shapes.append(circle(at * run + 25, FIELD - (at + 1) * rise - 25, 25, palette.spark))
    yield element("g", *shapes, transform=rng.choice(["translate(0)", f"matrix(-1 0 0 1 {WIDTH} 0)"]))


@suits("Crime", "Documentary", "Mystery")
def beam(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A beam of light, and who stands in it."""
    x, y = rng.choice([120, 200, 280]), 312
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    yield polygon([(x - 10, 0), (x + 10, 0), (330, y), (70, y)], palette.spark)
    yield element("ellipse", cx=CENTRE, cy=y, rx=130, ry=36, fill=palette.spark)
    yield element("ellipse", cx=CENTRE, cy=y + 4, rx=34, ry=9, fill=palette.calm)
    yield circle(CENTRE, y - 132, 19, palette.ink)
    yield path(f"M{CENTRE - 30},{y + 4} l8,-98 q22,-22 44,0 l8,98 Z", palette.ink)


@suits("Adventure", "War", "Western", "Action", face="serif")
def mountains(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Ranges, one behind the other, and a sun."""
    yield circle(rng.choice([120, 290]), 120, 56, palette.spark)
    for colour, height in [(palette.calm, 110), (palette.bold, 190), (palette.ink, 260)]:
        for n in range(4):
            x, y = n * 150 - 50 + rng.uniform(-40, 40), height + rng.uniform(-10, 60)
            yield polygon([(x, y), (x + 330, FIELD + 60), (x - 330, FIELD + 60)], colour)


@suits("Drama", "Romance", "Family")
def rain(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Rain, and an umbrella."""
    for n in range(90):
        x, y = n % 10 * 44 + n // 10 % 2 * 22 - 10, n // 10 * 46 - 20 + rng.uniform(-8, 8)
        yield path(f"M{x},{y:.1f} l-9,30 l4,1 l9,-30 Z", palette.calm)
    x = rng.choice([140, 200, 260])
    yield rectangle(x - 3, 112, 6, 24, palette.ink)
    yield path(f"M{x - 3},244 v96 a18,18 0 0 0 36,0 h-6 a12,12 0 0 1 -24,0 v-96 Z", palette.ink)
    yield path(f"M{x - 120},250 a120,120 0 0 1 240,0" + " q-20,-22 -40,0" * 6 + " Z", palette.bold)


@suits("Adventure", "Crime", "Action", "War")
def road(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A road to where the sun is."""
    horizon = 190
    yield rectangle(0, 0, WIDTH, horizon, palette.calm)
    yield circle(rng.choice([90, CENTRE, 310]), horizon, 92, palette.spark)
    yield rectangle(0, horizon, WIDTH, FIELD, palette.bold)
    yield polygon([(CENTRE - 5, horizon), (CENTRE + 5, horizon), (WIDTH - 20, FIELD), (20, FIELD)], palette.ink)
    for near, far in [(0.06, 0.14), (0.22, 0.36), (0.5, 0.74), (0.92, 1.3)]:
        top, bottom = horizon + 194 * near, horizon + 194 * far
        yield polygon(
            [
                (CENTRE - 7 * near, top),
                (CENTRE + 7 * near, top),
                (CENTRE + 7 * far, bottom),
                (CENTRE - 7 * far, bottom),
            ],
            palette.ground,
        )


@suits("Mystery", "Crime", "Horror", "Thriller")
def keyhole(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A keyhole, and somebody beyond it."""
    yield rectangle(0, 0, WIDTH, FIELD, palette.bold)
    yield circle(CENTRE, 142, 92, palette.spark)
    yield polygon(
        [(CENTRE - 52, 200), (CENTRE + 52, 200), (CENTRE + 92, FIELD + 1), (CENTRE - 92, FIELD + 1)], palette.spark
    )
    x = CENTRE + rng.choice([-14, 0, 14])
    yield circle(x, 214, 21, palette.ink)
    yield path(f"M{x - 44},{FIELD} v-88 q0,-52 44,-52 q44,0 44,52 v88 Z", palette.ink)


@suits("Comedy", "Musical", face="serif")
def curtain(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A curtain, open or nearly."""
    gap = rng.choice([70, 120])
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    yield element("ellipse", cx=CENTRE, cy=FIELD, rx=gap + 60, ry=80, fill=palette.spark)
    for n in range(7):
        width = (CENTRE - gap) / 7 + 8
        colour = palette.ink if n % 2 else palette.bold
        for side in (-1, 1):
            top, foot = CENTRE + side * (26 + n * 25), CENTRE + side * (gap + 10 + n * (width - 8))
            right_edge = f"Q{top},190 {foot + width / 2:.1f},{FIELD}"
            yield path(f"M{top - 13},0 h26 {right_edge} h{-width:.1f} Q{top},190 {top - 13},0 Z", colour)


@suits("Drama", "Comedy", "Documentary", "Family")
def seats(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Rows of seats from behind; somebody came."""
    taken = rng.choice([6, 7, 8, 11, 12])
    for n in range(20):
        row, column = divmod(n, 5)
        x, y = column * 96 - 52 + row % 2 * 48, 66 + row * 88
        if n == taken:
            yield circle(x + 42, y - 4, 25, palette.spark)
        yield path(
            f"M{x},{y + 130} v-92 q0,-26 26,-26 h32 q26,0 26,26 v92 Z", palette.bold if row % 2 else palette.calm
        )
        yield rectangle(x, y + 100, 84, 40, palette.ground)


@suits("Crime", "Drama", "Science Fiction")
def skyline(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Towers in front of a moon."""
    yield circle(rng.choice([130, 270]), 130, 86, palette.spark)
    for colour, tallest, width in [(palette.calm, 300, 50), (palette.bold, 210, 80)]:
        for x in range(0, WIDTH, width):
            height = rng.uniform(0.35, 1) * tallest
            yield rectangle(x, FIELD - height, width - 6, height + 1, colour)
