"""One row of a film table → a film ready to be saved, or the reason why not."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2s
from typing import Any, TypeVar

from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _

from cinema.film_tables import dates, values
from cinema.film_tables.columns import Columns, Layout
from cinema.film_tables.encodings import mended
from cinema.film_tables.languages import NO_DIALOGUE, find_language
from cinema.film_tables.runtimes import runtime
from cinema.film_tables.series import refuse_series
from cinema.film_tables.table import TableRow
from cinema.film_tables.values import NOTHING, NULLS, Unusable, is_blank, text
from cinema.film_tables.vocabulary import header_words
from cinema.models import Movie

T = TypeVar("T")

LONGEST_SLUG = 200  # leaves room for a digest and a year
LONGEST_GENRE = 60
TITLE_AND_YEAR = re.compile(r"(.*\S)\s*\((\d{4})\)")
LISTS = {"genres", "languages", "cast", "director"}


@dataclass(frozen=True, slots=True)
class Note:
    """What was done with a row, or a cell of it, and why. ``value`` is what stood there, ``title`` the film's."""

    row: int
    reason: str
    value: str = ""
    title: str = ""

    def __str__(self) -> str:
        text = f"{self.reason} ({self.value})" if self.value else self.reason
        if self.title:
            return _("row %(row)d, “%(title)s”: %(text)s") % {"row": self.row, "title": self.title, "text": text}
        return _("row %(row)d: %(text)s") % {"row": self.row, "text": text}


@dataclass(slots=True)
class MovieRow:
    """A film that is not saved yet; its genres by slug and languages by code, the original one first; and what
    somebody should look at: cells left empty or read with doubt."""

    number: int
    movie: Movie
    genres: dict[str, str]
    languages: dict[str, str]
    warnings: list[Note] = field(default_factory=list)
    original_language: str = ""

    @property
    def spoken(self) -> list[str]:
        """The names of its languages."""
        return list(self.languages.values())


def movie_slug(title: str, year: int | None) -> str:
    """Return the identity of a film: its title and, where known, its year.

    A slug has no room for the vowel signs of Hindi, nor for “$”; a digest keeps apart what would be one then.
    """
    slug = slugify(title, allow_unicode=True)[:LONGEST_SLUG]
    if not slug or any(unicodedata.category(letter)[0] == "M" for letter in title):
        slug = f"{slug or 'film'}-{blake2s(title.casefold().encode(), digest_size=3).hexdigest()}"
    return f"{slug}-{year}" if year else slug


def genre_slug(name: str) -> str:
    """The identity of a genre: “Sci-Fi” and “sci fi” are one."""
    return slugify(name, allow_unicode=True)[:LONGEST_GENRE]


def title_of(row: TableRow, columns: Columns) -> str:
    """The beginning of what stands in a row as the title, for a word about it."""
    return Truncator(values.line(_cell(row, columns, "title")[1])).chars(60)


def read_row(row: TableRow, layout: Layout) -> MovieRow:
    """Read one row. What is optional and unusable stays empty, with a warning. Raises Unusable for the whole row."""
    if row.fault:
        raise Unusable(row.fault)
    cells = _Cells(row, layout)
    refuse_series(cells.found)
    title = cells.title = values.title(cells.found["title"])
    length = runtime(cells.found["runtime"], layout.units.get(cells.columns["runtime"], "minutes"))
    if length.doubt:
        cells.warn(length.doubt, cells.found["runtime"])
    day = cells.read("release_date", partial(dates.release_date, day_first=layout.day_first))
    year = cells.read("year", dates.year) or dates.find_year(day or cells.found.get("release_date"))
    title, year = _without_year(title, year)
    original_title = cells.read("original_title", values.original_title) or ""
    movie = Movie(
        title=title,
        slug=movie_slug(title, year),
        original_title="" if original_title == title else original_title,
        year=year,
        release_date=day,
        runtime=length.minutes,
        certificate=cells.read("certificate", values.certificate) or "",
        director=cells.read("director", values.director) or "",
        distributor=cells.read("distributor", values.distributor) or "",
        format=cells.read("format", values.film_format) or "",
        cast=cells.read("cast", values.cast) or [],
        synopsis=cells.read("synopsis", values.synopsis) or "",
        rating=None if _nobody_voted(cells.found) else cells.read("rating", values.rating),
    )
    for said in (movie.title, movie.original_title, movie.director, movie.distributor):
        cells.warn_if_garbled(said)
    genres = {genre_slug(name): name for name in cells.read_each("genres", values.genre)}
    original = cells.read_each("original_language", _language)
    languages = dict([*original, *cells.read_each("languages", _language)])
    if len(languages) > 1:
        languages.pop(NO_DIALOGUE[0], None)
    first = _original(list(languages), bool(original), cells.columns.get("languages", ""))
    return MovieRow(row.number, movie, genres, languages, cells.warnings, first)


class _Cells:
    """The cells of a row and their columns, by field. What is optional and unusable is left empty and noted."""

    def __init__(self, row: TableRow, layout: Layout) -> None:
        cells = {name: _cell(row, layout.columns, name) for name in layout.columns}
        self.columns = {name: column for name, (column, _cell) in cells.items()}
        self.found = {name: cell for name, (_column, cell) in cells.items()}
        self.number, self.title = row.number, ""
        self.warnings: list[Note] = []

    def warn(self, reason: str, value: Any = "") -> None:
        shown = Unusable(reason, value).value
        self.warnings.append(Note(self.number, reason, shown, Truncator(self.title).chars(60)))

    def warn_if_garbled(self, said: str) -> None:
        meant = mended(said)
        if meant is not None:
            reason = _("looks garbled; perhaps “%(meant)s”") if meant else _("looks garbled")
            self.warn(reason % {"meant": meant}, said)

    def read(self, name: str, parse: Callable[[Any], T]) -> T | None:
        cell = self.found.get(name)
        return None if cell is None else self._parse(cell, parse)

    def read_each(self, name: str, parse: Callable[[str], T | None]) -> list[T]:
        """What can be made of each of the names in a cell."""
        parsed = (self._parse(item, parse) for item in self.read(name, values.names) or [])
        return [item for item in parsed if item]

    def _parse(self, cell: Any, parse: Callable[[Any], T]) -> T | None:
        try:
            return parse(cell)
        except Unusable as unusable:
            self.warn(unusable.reason, unusable.value)
            return None


def _cell(row: TableRow, columns: Columns, name: str) -> tuple[str, Any]:
    """Return the first column of the field that says something, and its cell; a list of them where columns complete
    each other."""
    nothing = NULLS if name == "title" else NOTHING
    for group in columns.get(name, []):
        found = {column: cell for column in group if not is_blank(cell := row.cells.get(column), nothing)}
        if found:
            cells = list(found.values())
            return next(iter(found)), cells if name in LISTS and len(cells) > 1 else cells[0]
    return "", None


def _language(name: str) -> tuple[str, str]:
    try:
        return find_language(name)
    except ValueError:
        raise Unusable(_("language not understood"), name) from None


def _original(codes: list[str], said: bool, column: str) -> str:
    """The original language: what the table says it is, else the first. TMDB's spoken languages are in no order."""
    if not codes or (not said and len(codes) > 1 and "spoken" in header_words(column)):
        return ""
    return codes[0]


def _nobody_voted(cells: dict[str, Any]) -> bool:
    return bool(re.fullmatch(r"0+([.,]0+)?", text(cells.get("votes"))[:20]))


def _without_year(title: str, year: int | None) -> tuple[str, int | None]:
    """Read “Toy Story (1995)” as the film of that year, unless the table gives it another one."""
    match = TITLE_AND_YEAR.fullmatch(title)
    named = dates.find_year(match[2]) if match else None
    return (match[1], named) if match and named and year in (None, named) else (title, year)
