"""Typographic posters for films that have none: a series of flat compositions, one drawn for each film."""

from collections.abc import Sequence
from hashlib import sha256
from random import Random

from cinema.posters import patterns, scenes  # noqa: F401, they make up the series
from cinema.posters.palettes import PALETTES, Palette
from cinema.posters.series import FIELD, choose
from cinema.posters.svg import HEIGHT, MARGIN, WIDTH, element, rectangle, text
from cinema.posters.typography import Block, clean, fit, shorten

CREDIT_SIZE = 13
TITLE_ROOM = 136  # units of height


def draw_poster(
    *, slug: str, title: str, genres: Sequence[str] = (), director: str = "", year: int | None = None
) -> str:
    """Return a poster as an SVG document of 400 × 600 units. The same film always gets the same poster."""
    seed = sha256(" ".join([slug, *sorted(genres)]).encode()).digest()
    rng = Random(seed)  # noqa: S311, an artist, not a guard
    palette = rng.choice(PALETTES)
    if rng.random() < 0.3:
        palette = palette._replace(bold=palette.spark, spark=palette.bold)
    composition = choose(rng, genres)
    title_at_top = rng.random() < 0.4
    block = fit(clean(title), width=WIDTH - 2 * MARGIN, height=TITLE_ROOM, face=composition.face)
    picture = element(
        "svg",
        *composition.draw(rng, palette, title),
        y=HEIGHT - FIELD if title_at_top else 0,
        width=WIDTH,
        height=FIELD,
    )
    return element(
        "svg",
        rectangle(0, 0, WIDTH, HEIGHT, palette.ground),
        picture,
        *_title(block, palette, at_top=title_at_top),
        *_credit(clean(director), year, palette, at_top=title_at_top),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
    )


def _title(block: Block, palette: Palette, *, at_top: bool) -> list[str]:
    """Set the title from the rule under the credit downwards, or upwards from the rule above it."""
    first = 66 + block.ascent if at_top else HEIGHT - 62 - block.line_height * (len(block.lines) - 1)
    return [
        text(
            line,
            x=MARGIN - block.size * 0.04,
            y=first + n * block.line_height,
            size=block.size,
            face=block.face,
            fill=palette.ink,
        )
        for n, line in enumerate(block.lines)
    ]


def _credit(director: str, year: int | None, palette: Palette, *, at_top: bool) -> list[str]:
    """Director to the left and year to the right, on a rule."""
    baseline = 42 if at_top else HEIGHT - 26
    rule = 54 if at_top else HEIGHT - 46
    right = WIDTH - MARGIN
    credit = [rectangle(MARGIN, rule, right - MARGIN, 1.5, palette.ink)]
    if director:
        line = shorten(director, width=right - MARGIN - 60, size=CREDIT_SIZE)
        credit.append(text(line, x=MARGIN, y=baseline, size=CREDIT_SIZE, face="credit", fill=palette.ink))
    if year:
        credit.append(
            text(str(year), x=right, y=baseline, size=CREDIT_SIZE, face="credit", fill=palette.ink, anchor="end")
        )
    return credit
