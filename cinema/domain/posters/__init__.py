"""Generated SVG posters for films without one, and stills for the demo. Other packages import this module only."""

from hashlib import sha256
from random import Random
from typing import Any

from cinema.domain.posters.patterns import FIELD, PALETTES, PATTERNS, Palette, initial
from cinema.domain.posters.svg import HEIGHT, WIDTH, element, is_right_to_left, rectangle, text
from cinema.domain.posters.typography import ASCENT, DEEP, DESCENT, LINE, clean, fit, wrap

__all__ = ["WIDTH", "draw_poster", "draw_still"]

STILL_HEIGHT = 225
MARGIN = 30
COLUMN = WIDTH - 2 * MARGIN
RULE_ABOVE, RULE_BELOW = 54, HEIGHT - 46
TITLE_HEIGHT, CREDIT_SIZE = 136, 13


def draw_poster(*, slug: str, title: str, director: str = "", year: int | None = None) -> str:
    """Return a poster of 400 × 600 units with title, director and year. A slug always gets the same picture."""
    rng = Random(sha256(slug.encode()).digest())  # noqa: S311, not used for security
    palette, draw, face = rng.choice(PALETTES), rng.choice(PATTERNS), rng.choice(["grotesque", "serif"])
    at_top = rng.random() < 0.4  # title and credit; the picture is then below
    picture = {"y": HEIGHT - FIELD if at_top else 0, "width": WIDTH, "height": FIELD}
    return element(
        "svg",
        rectangle(0, 0, WIDTH, HEIGHT, palette.ground),
        element("svg", *draw(rng, palette, title), **picture),
        *_title(clean(title), face, palette, at_top=at_top),
        *_credit(clean(director), year, palette, at_top=at_top),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
    )


def draw_still(*, slug: str, title: str) -> str:
    """Return a still of 400 × 225 units in the colours of the poster of this slug, without words or letters."""
    rng = Random(sha256(slug.encode()).digest())  # noqa: S311, not used for security
    palette, draw = rng.choice(PALETTES), rng.choice([pattern for pattern in PATTERNS if pattern is not initial])
    picture = {"y": (STILL_HEIGHT - FIELD) // 2, "width": WIDTH, "height": FIELD}
    return element(
        "svg",
        rectangle(0, 0, WIDTH, STILL_HEIGHT, palette.ground),
        element("svg", *draw(rng, palette, title), **picture),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {STILL_HEIGHT}",
    )


def _title(title: str, face: str, palette: Palette, *, at_top: bool) -> list[str]:
    """Set the title below the rule of a credit at the top, or above the rule of a credit at the bottom."""
    lines, size = fit(title, width=COLUMN, height=TITLE_HEIGHT)
    last = RULE_BELOW - 8 - size * (DEEP if is_right_to_left(title) else DESCENT)
    first = RULE_ABOVE + 12 + size * ASCENT if at_top else last - size * LINE * (len(lines) - 1)
    style: dict[str, Any] = {"x": MARGIN - size * 0.04, "size": size, "face": face, "fill": palette.ink}
    return [text(line, y=first + n * size * LINE, **style) for n, line in enumerate(lines)]


def _credit(director: str, year: int | None, palette: Palette, *, at_top: bool) -> list[str]:
    """Set the director on the left and the year on the right, between a rule and the edge of the poster."""
    rule, baseline = (RULE_ABOVE, RULE_ABOVE - 11) if at_top else (RULE_BELOW, RULE_BELOW + 20)
    name, *more = wrap(director, COLUMN - 60, CREDIT_SIZE) or [""]
    style: dict[str, Any] = {"y": baseline, "size": CREDIT_SIZE, "face": "credit", "fill": palette.ink}
    return [
        rectangle(MARGIN, rule, COLUMN, 1.5, palette.ink),
        *([text(f"{name.rstrip(',')}…" if more else name, x=MARGIN, **style)] if name else []),
        *([text(str(year), x=MARGIN + COLUMN, anchor="end", **style)] if year else []),
    ]
