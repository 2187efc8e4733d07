"""One row of a film table → a film ready to be saved, or the reason why not."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2s
from typing import Any, TypeVar

from django.utils.text import slugify
from django.utils.translation import gettext as _

from cinema.film_tables import dates, values
from cinema.film_tables.columns import Columns
from cinema.film_tables.languages import find_language
from cinema.film_tables.tables import Row
from cinema.film_tables.values import NOTHING, NULLS, Unusable, is_blank, is_number, text
from cinema.models import Movie

T = TypeVar("T")

LONGEST_SLUG = 200  # leaves room for a digest and a year
LONGEST_GENRE = 60
SERIES = re.compile(r"tv(?!movie|film|special)|.*(series|episode|game)")
TITLE_AND_YEAR = re.compile(r"(.*\S)\s*\((\d{4})\)")
SCORE_ONLY = re.compile(r"\d+[.,]\d.*|\d+\s*[/%].*")  # 8.1, 8/10, 81%; a bare 12 may be a certificate
MARK = re.compile(r"[A-Z0-9][A-Z0-9+/ -]{0,11}|Approved|Passed")  # PG-13, TV-MA, U/A 16+
LISTS = {"genres", "languages", "cast", "director"}


@dataclass(frozen=True, slots=True)
class Note:
    """What was done with a row, or a cell of it, and why. ``value`` is what stood there."""

    row: int
    reason: str
    value: str = ""

    def __str__(self) -> str:
        text = f"{self.reason} ({self.value})" if self.value else self.reason
        return _("row %(row)d: %(text)s") % {"row": self.row, "text": text}


@dataclass(slots=True)
class MovieRow:
    """A film that is not saved yet; its genres by slug and languages by code; and what had to be left empty."""

    number: int
    movie: Movie
    genres: dict[str, str]
    languages: dict[str, str]
    warnings: list[Note]


def movie_slug(title: str, year: int | None) -> str:
    """Return the identity of a film: its title and, where known, its year.

    A slug has no room for the vowel signs of Hindi, nor for “$”; a digest keeps apart what would be one then.
    """
    slug = slugify(title, allow_unicode=True)[:LONGEST_SLUG]
    if not slug or any(unicodedata.category(letter)[0] == "M" for letter in title):
        slug = f"{slug or 'film'}-{blake2s(title.casefold().encode(), digest_size=3).hexdigest()}"
    return f"{slug}-{year}" if year else slug


def read_row(row: Row, columns: Columns, *, day_first: bool = False) -> MovieRow:
    """Read one row. What is optional and unusable stays empty, with a warning. Raises Unusable for the whole row."""
    if row.fault:
        raise Unusable(row.fault)
    cells = _with_ratings_sorted({name: _cell(row, columns, name) for name in columns})
    if SERIES.match(re.sub(r"\W", "", text(cells.get("kind"))).casefold()):
        raise Unusable(_("not a film"), cells["kind"])
    title, runtime = values.title(cells["title"]), values.runtime(cells["runtime"])
    warnings: list[Note] = []

    def optional(name: str, parse: Callable[[Any], T], empty: T, item: Any = None) -> T:
        cell = item or cells.get(name)
        try:
            return empty if cell is None else parse(cell)
        except Unusable as unusable:
            warnings.append(Note(row.number, unusable.reason, unusable.value))
            return empty

    day = optional("release_date", partial(dates.release_date, day_first=day_first), None)
    year = optional("year", dates.year, None) or dates.find_year(day or cells.get("release_date"))
    title, year = _without_year(title, year)
    original_title = optional("original_title", values.original_title, "")
    movie = Movie(
        title=title,
        slug=movie_slug(title, year),
        original_title="" if original_title == title else original_title,
        year=year,
        release_date=day,
        runtime=runtime,
        certificate=optional("certificate", values.certificate, ""),
        director=optional("director", values.director, ""),
        cast=optional("cast", partial(values.names, marks="|;,\n"), []),
        synopsis=optional("synopsis", values.synopsis, ""),
        rating=optional("rating", values.rating, None),
    )
    genres = [optional("genres", values.genre, "", name) for name in optional("genres", values.names, [])]
    languages = [optional("languages", _language, None, n) for n in optional("languages", values.names, [])]
    return MovieRow(
        row.number,
        movie,
        {slugify(name, allow_unicode=True)[:LONGEST_GENRE]: name for name in genres if name},
        dict(language for language in languages if language),
        warnings,
    )


def _cell(row: Row, columns: Columns, name: str) -> Any:
    """Return the first cell of the field that says something; a list of them where columns complete each other."""
    nothing = NULLS if name == "title" else NOTHING
    for group in columns[name]:
        found = [cell for column in group if not is_blank(cell := row.cells.get(column), nothing)]
        if found:
            return found if name in LISTS and len(found) > 1 else found[0]
    return None


def _language(name: str) -> tuple[str, str] | None:
    try:
        return find_language(name)
    except ValueError:
        raise Unusable(_("language not understood"), name) from None


def _with_ratings_sorted(cells: dict[str, Any]) -> dict[str, Any]:
    """“Rating” heads scores in one table and certificates in the next: go by what the cells hold."""
    score, certificate = text(cells.get("rating")), text(cells.get("certificate"))
    is_mark = MARK.fullmatch(score) and not is_number(score)
    if (is_mark and not certificate) or (SCORE_ONLY.fullmatch(certificate) and (is_mark or not score)):
        return cells | {"rating": certificate or None, "certificate": score or None}
    return cells


def _without_year(title: str, year: int | None) -> tuple[str, int | None]:
    """Read “Toy Story (1995)” as the film of that year, unless the table gives it another one."""
    match = TITLE_AND_YEAR.fullmatch(title)
    named = match and dates.find_year(match[2])
    return (match[1], named) if named and year in (None, named) else (title, year)
