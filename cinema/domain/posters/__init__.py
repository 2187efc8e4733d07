"""Typographic posters for films that have none: a series of flat compositions, one drawn for each film."""

from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from random import Random

from cinema.domain.posters import patterns, scenes  # noqa: F401, they make up the series
from cinema.domain.posters.palettes import PALETTES, Palette
from cinema.domain.posters.series import FIELD, choose
from cinema.domain.posters.svg import HEIGHT, MARGIN, WIDTH, element, rectangle, text
from cinema.domain.posters.typography import TextBlock, clean, fit, shorten

COLUMN = WIDTH - 2 * MARGIN
RULE_ABOVE, RULE_BELOW = 54, HEIGHT - 46
TITLE_ROOM, CREDIT_SIZE = 136, 13


def draw_poster(
    *, slug: str, title: str, genres: Sequence[str] = (), director: str = "", year: int | None = None
) -> str:
    """Return a poster as an SVG document of 400 × 600 units. The same film always gets the same poster."""
    seed = sha256(" ".join([slug, *sorted(genres)]).encode()).digest()
    rng = Random(seed)  # nosec B311 # noqa: S311, an artist, not a guard
    palette = rng.choice(PALETTES)
    if rng.random() < 0.3:
        palette = palette._replace(bold=palette.spark, spark=palette.bold)
    composition = choose(rng, genres)
    title_at_top = rng.random() < 0.4
    block = fit(clean(title), width=COLUMN, height=TITLE_ROOM, face=composition.face)
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


def _title(block: TextBlock, palette: Palette, *, at_top: bool) -> list[str]:
    """Set the title below the rule under the credit, or above the rule over it."""
    last = RULE_BELOW - 8 - block.descent
    first = RULE_ABOVE + 12 + block.ascent if at_top else last - block.line_height * (len(block.lines) - 1)
    left = MARGIN - block.size * 0.04  # a large letter has air on its left
    return [
        text(line, x=left, y=first + n * block.line_height, size=block.size, face=block.face, fill=palette.ink)
        for n, line in enumerate(block.lines)
    ]


def _credit(director: str, year: int | None, palette: Palette, *, at_top: bool) -> list[str]:
    """Set the director to the left and the year to the right, on the outer side of a rule."""
    rule, baseline = (RULE_ABOVE, RULE_ABOVE - 11) if at_top else (RULE_BELOW, RULE_BELOW + 20)
    line = shorten(director, width=COLUMN - 60, size=CREDIT_SIZE)
    set_line = partial(text, y=baseline, size=CREDIT_SIZE, face="credit", fill=palette.ink)
    return [
        rectangle(MARGIN, rule, COLUMN, 1.5, palette.ink),
        *([set_line(line, x=MARGIN)] if director else []),
        *([set_line(str(year), x=MARGIN + COLUMN, anchor="end")] if year else []),
    ]
