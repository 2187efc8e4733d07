"""Cells with the further films of a double bill: “Brazil (1985), 15 min, 40%; Cabaret, 0 min, 20%”."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from cinema.film_tables.values import is_blank
from cinema.film_tables.vocabulary import unit_of
from cinema.models import FurtherFilm

BETWEEN_FILMS = re.compile(r"[;；؛\n]")
# What may stand behind a film, each at most once and in any order: the break before it, and its share of the takings.
BREAK = re.compile(r"(?P<film>.*?\S)\s*[,،]\s*(?P<value>\d{1,4})\s*(?P<unit>[^\s\d,،;%]+)", re.DOTALL)
SHARE = re.compile(r"(?P<film>.*?\S)\s*[,،]\s*(?P<value>\d{1,3}(?:[.,٫]\d{1,2})?)\s*[%٪％]", re.DOTALL)


class FurtherCell(NamedTuple):
    """A further film as its cell names it; ``share`` is in percent, None if it is not named."""

    film: str
    break_minutes: int = 0
    share: Decimal | None = None


def read_further(cell: str) -> list[FurtherCell]:
    """Read the further films of a cell, in order."""
    return [] if is_blank(cell) else [_read(part) for part in BETWEEN_FILMS.split(cell) if part.strip()]


def write_further(further: Iterable[FurtherFilm]) -> str:
    """Write further films as read_further() reads them."""
    return "; ".join(
        f"{movie} ({movie.year}), {minutes} min, {_percent(share)}"
        if movie.year
        else f"{movie}, {minutes} min, {_percent(share)}"
        for movie, minutes, share in further
    )


def _percent(share: Decimal) -> str:
    return f"{share.normalize():f}%"


def _read(text: str) -> FurtherCell:
    found = FurtherCell(text.strip())
    for _ in range(2):
        if found.share is None and (match := SHARE.fullmatch(found.film)):
            share = Decimal(match["value"].replace(",", ".").replace("٫", "."))
            found = found._replace(film=match["film"], share=share)
        elif not found.break_minutes and (match := BREAK.fullmatch(found.film)) and unit_of(match["unit"]) == "minutes":
            found = found._replace(film=match["film"], break_minutes=int(match["value"]))
    return found
