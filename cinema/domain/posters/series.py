"""The series: every picture a poster can have, with the genres it suits."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from cinema.domain.posters.palettes import Palette
from cinema.domain.posters.svg import WIDTH

# A picture fills a field of WIDTH × FIELD units, whose edges cut off what reaches beyond.
FIELD = 384
CENTRE, MIDDLE = WIDTH / 2, FIELD / 2
Draw = Callable[[Random, Palette, str], Iterator[str]]


class Composition(NamedTuple):
    """A picture, and the face of the title beside it."""

    draw: Draw
    face: str
    genres: frozenset[str]


SERIES: list[Composition] = []


def suits(*genres: str, face: str = "grotesque") -> Callable[[Draw], Draw]:
    """Add a picture to the series."""

    def add(draw: Draw) -> Draw:
        SERIES.append(Composition(draw, face, frozenset(genres)))
        return draw

    return add


def choose(rng: Random, genres: Sequence[str]) -> Composition:
    """Return a composition for one of the genres, or any when none of them has one."""
    genre = rng.choice(sorted(genres) or [""])
    return rng.choice([composition for composition in SERIES if genre in composition.genres] or SERIES)
