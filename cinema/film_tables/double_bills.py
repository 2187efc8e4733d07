"""Cells with the further films of a double bill: “Brazil (1985), 15 min, 40%; Cabaret, 0 min, 20%”.

A title may have a semicolon within a word, as “Steins;Gate”. One with a semicolon before a space stands in quotation
marks, where each of its own is doubled.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from cinema.film_tables.values import is_blank
from cinema.film_tables.vocabulary import unit_of
from cinema.models import FurtherFilm

BETWEEN_FILMS = r"[；؛\n]|;(?=\s|$)|(?<=[%٪％]);"
QUOTED = r'"(?:[^"]|"")*"'
PART = re.compile(rf"\s*((?:{QUOTED})?(?:(?!{BETWEEN_FILMS}).)*)(?:{BETWEEN_FILMS})?", re.DOTALL)
QUOTED_FILM = re.compile(rf"({QUOTED})(.*)", re.DOTALL)  # the rest is its year
# What may stand behind a film, each at most once and in any order: the break before it, and its share of the revenue.
BREAK = re.compile(r"(?P<film>.*?\S)\s*[,،]\s*(?P<value>\d{1,4})\s*(?P<unit>[^\s\d,،;%]+)", re.DOTALL)
SHARE = re.compile(r"(?P<film>.*?\S)\s*[,،]\s*(?P<value>\d{1,3}(?:[.,٫]\d{1,2})?)\s*[%٪％]", re.DOTALL)


class FurtherCell(NamedTuple):
    """A further film as its cell names it; ``share`` is in percent, None if it is not named."""

    film: str
    break_minutes: int = 0
    share: Decimal | None = None


def read_further(cell: str) -> list[FurtherCell]:
    """Read the further films of a cell, in order."""
    return [] if is_blank(cell) else [_read(part) for part in PART.findall(cell) if part.strip()]


def write_further(further: Iterable[FurtherFilm]) -> str:
    """Write further films as read_further() reads them."""
    return "; ".join(
        f"{_quoted(str(movie))} ({movie.year}), {minutes} min, {_percent(share)}"
        if movie.year
        else f"{_quoted(str(movie))}, {minutes} min, {_percent(share)}"
        for movie, minutes, share in further
    )


def _quoted(title: str) -> str:
    """A title as it stands in a cell: in quotation marks if it would be taken for two films."""
    return '"{}"'.format(title.replace('"', '""')) if re.search(BETWEEN_FILMS, title) else title


def _unquoted(film: str) -> str:
    match = QUOTED_FILM.fullmatch(film)
    title = match[1][1:-1].replace('""', '"') if match else ""
    return title + match[2] if match and re.search(BETWEEN_FILMS, title) else film


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
    return found._replace(film=_unquoted(found.film))
