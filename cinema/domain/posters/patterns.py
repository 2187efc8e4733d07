"""Pictures of nothing but shapes."""

from collections.abc import Iterator
from math import cos, pi, sin, tau
from random import Random

from cinema.domain.posters.palettes import Palette
from cinema.domain.posters.series import CENTRE, FIELD, MIDDLE, suits
from cinema.domain.posters.svg import WIDTH, circle, path, polygon, rectangle, text


@suits("Science Fiction", "Musical", "Animation", "Drama")
def rings(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Rings rising from an edge."""
    x = rng.choice([0, CENTRE, WIDTH])
    colours = [palette.bold, palette.ground, palette.calm, palette.ground, palette.bold, palette.spark, palette.ground]
    step = 46 if x == CENTRE else 52
    for n, colour in enumerate(colours):
        yield circle(x, FIELD, step * (len(colours) - n), colour)
    yield circle(x, FIELD, step * 0.45, palette.ink)


@suits("Thriller", "Science Fiction", "Animation", "Fantasy")
def halftone(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A grid of dots that swell around one place."""
    at_x, at_y, pitch = rng.choice([2, 4, 6]), rng.choice([2, 4, 6]), 44
    for column in range(9):
        for row in range(9):
            distance = ((column - at_x) ** 2 + (row - at_y) ** 2) ** 0.5
            colour = palette.spark if distance == 0 else palette.bold
            yield circle(24 + column * pitch, 24 + row * pitch, max(3.0, 21 - 3 * distance), colour)


@suits("Drama", "Family", "Comedy", face="serif")
def initial(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """The first letter, so large that the field cannot hold it."""
    letter = next((character for character in title if character.isalnum()), "•").upper()
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    yield circle(rng.choice([70, 330]), 90, 44, palette.spark)
    yield text(letter, x=CENTRE, y=FIELD + 26, size=540, face="serif", fill=palette.bold, anchor="middle")


@suits("Action", "Crime", "War")
def bands(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Diagonal bands at full speed."""
    lean, left = rng.choice([-260, 260]), -300
    colours = [palette.bold, palette.ground, palette.calm, palette.bold, palette.ground, palette.spark]
    for width, colour in zip([120, 24, 70, 150, 16, 48, 110, 30, 90, 60, 130, 40], colours * 2, strict=True):
        corners = [(left, FIELD), (left + width, FIELD), (left + width + lean, 0), (left + lean, 0)]
        yield polygon(corners, colour)
        left += width


@suits("Animation", "Comedy", "Family", "Musical")
def tiles(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Quarter circles, as if laid by somebody cheerful."""
    side, colours = 80, [palette.ground, palette.bold, palette.calm, palette.spark]
    for column in range(5):
        for row in range(5):
            x, y = column * side, FIELD - (row + 1) * side
            back, front = rng.sample(colours, 2)
            yield rectangle(x, y, side + 1, side + 1, back)
            right, down, across, along = rng.choice([(0, 0, 1, 1), (1, 0, -1, 1), (1, 1, -1, -1), (0, 1, 1, -1)])
            corner_x, corner_y = x + right * side, y + down * side
            sweep = int(across == along)
            arc = f"A{side},{side} 0 0 {sweep} {corner_x},{corner_y + along * side}"
            yield path(f"M{corner_x},{corner_y} h{across * side} {arc} Z", front)


@suits("Science Fiction", "Fantasy", "Horror", "Romance", face="serif")
def moons(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """The moon, from new to full and back."""
    radius, night = 46, rng.randrange(1, 8)
    for n in range(9):
        x, y = 84 + n % 3 * 116, 76 + n // 3 * 116
        yield circle(x, y, radius, palette.calm)
        bulge, waxing = radius * (1 - n / 2 if n < 4 else n / 2 - 3), int(n <= 4)
        edge = f"A{abs(bulge)},{radius} 0 0 {int((bulge < 0) == waxing)} {x},{y - radius}"
        lit = f"M{x},{y - radius} A{radius},{radius} 0 0 {waxing} {x},{y + radius} {edge} Z"
        yield path(lit, palette.spark if n == night else palette.bold)


@suits("Romance", "Drama", "Family", face="serif")
def pair(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Two who overlap for a while."""
    radius, apart = 122, rng.choice([62, 74])
    lens = (radius**2 - apart**2) ** 0.5
    yield circle(CENTRE - apart, MIDDLE, radius, palette.bold)
    yield circle(CENTRE + apart, MIDDLE, radius, palette.calm)
    yield path(
        f"M{CENTRE},{MIDDLE - lens:.1f} A{radius},{radius} 0 0 1 {CENTRE},{MIDDLE + lens:.1f} "
        f"A{radius},{radius} 0 0 1 {CENTRE},{MIDDLE - lens:.1f} Z",
        palette.spark,
    )


@suits("Thriller", "Science Fiction", "Action", "Musical")
def tunnel(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Squares turning inwards."""
    turn, size = rng.choice([-9, 9]), 640.0
    colours = [palette.bold, palette.ground, palette.calm, palette.ground, palette.bold, palette.ground, palette.calm]
    for n, colour in enumerate([*colours, palette.ground, palette.spark]):
        place = {"transform": f"rotate({n * turn} {CENTRE} {MIDDLE})"}
        yield rectangle(CENTRE - size / 2, MIDDLE - size / 2, size, size, colour, **place)
        size *= 0.77


@suits("Thriller", "Science Fiction", "Mystery", "Documentary")
def interference(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Stripes one way, and a disc of stripes the other way."""
    radius, pitch = 128, 24
    yield from (rectangle(0, y, WIDTH, pitch / 2, palette.calm) for y in range(0, FIELD, pitch))
    yield circle(CENTRE, MIDDLE, radius + 14, palette.ground)
    for n in range(-5, 6):
        half = (radius**2 - (n * pitch) ** 2) ** 0.5
        colour = palette.spark if n == 0 else palette.bold
        yield rectangle(CENTRE + n * pitch - pitch / 4, MIDDLE - half, pitch / 2, half * 2, colour)


@suits("Action", "Musical", "Comedy", "Adventure")
def rays(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A sun with rays that fill the field."""
    x, y, number = rng.choice([90, CENTRE, 310]), rng.choice([150, FIELD]), 18
    yield rectangle(0, 0, WIDTH, FIELD, palette.calm)
    for n in range(number):
        angles = (tau * n / number, tau * (n + 0.5) / number)
        yield polygon([(x, y), *((x + 700 * cos(angle), y + 700 * sin(angle)) for angle in angles)], palette.bold)
    yield circle(x, y, 104, palette.calm)
    yield circle(x, y, 84, palette.spark)


@suits("Mystery", "Thriller", "Fantasy", "Horror", face="serif")
def spiral(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A spiral that ends in a point, or begins there."""
    turns, start = 5, rng.uniform(0, tau)
    steps = [(n / 40, start + n / 40 * tau) for n in range(4, turns * 40 + 1)]
    line = " ".join(f"{CENTRE + 34 * t * cos(a):.1f},{MIDDLE + 34 * t * sin(a):.1f}" for t, a in steps)
    yield path(f"M{line}", "none", stroke=palette.bold, stroke_width=15, stroke_linecap="round")
    yield circle(CENTRE + 34 * turns * cos(start), MIDDLE + 34 * turns * sin(start), 19, palette.spark)


@suits("Romance", "Family", "Drama", face="serif")
def leaves(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """A twig; one leaf is of another colour."""
    turned = rng.randrange(8)
    yield rectangle(CENTRE - 3, 30, 6, FIELD, palette.ink)
    for n in range(8):
        side, y = (-1, 1)[n % 2], 86 + n // 2 * 84 + n % 2 * 20
        colour = palette.spark if n == turned else (palette.bold, palette.calm)[n % 3 == 0]
        yield path(f"M{CENTRE},{y} q{side * 40},-96 {side * 150},-70 q{side * -20},96 {side * -150},70 Z", colour)


@suits("Drama", "Documentary", "Crime")
def scales(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """Half discs in rows, rising and setting."""
    for row in range(4):
        for column in range(4):
            x, y = 50 + column * 100, 96 * row + 96
            up = rng.random() < 0.5
            base, sweep = (y, 1) if up else (y - 50, 0)
            colour = rng.choices([palette.bold, palette.calm, palette.spark, palette.ink], [5, 4, 2, 1])[0]
            yield path(f"M{x - 50},{base} a50,50 0 0 {sweep} 100,0 Z", colour)


@suits("Thriller", "Horror", "Fantasy", "Drama")
def eye(rng: Random, palette: Palette, title: str) -> Iterator[str]:
    """An eye with rays for lashes."""
    y = MIDDLE + 30
    for n in range(15):
        angle = pi + pi * (n + 0.5) / 15
        tip_x, tip_y = CENTRE + 230 * cos(angle), y + 190 * sin(angle)
        yield polygon([(CENTRE, y), (tip_x - 7, tip_y), (tip_x + 7, tip_y)], palette.bold)
    yield path(f"M30,{y} Q{CENTRE},{y - 160} 370,{y} Q{CENTRE},{y + 160} 30,{y} Z", palette.ink)
    for radius, colour in [(76, palette.spark), (50, palette.bold), (24, palette.ink)]:
        yield circle(CENTRE, y, radius, colour)
    yield circle(CENTRE + 26, y - 26, 11, palette.ground)
