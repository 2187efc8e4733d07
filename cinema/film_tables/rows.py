"""Reading of one row of a film table: a film to save, or the reason why it cannot be used."""

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
from cinema.film_tables.columns import Columns, Layout, translated_fields
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
    """A skipped row or a doubtful cell, with the reason. ``value`` is the cell, ``title`` that of the film."""

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
    """An unsaved film with its genres by slug and languages by code, the original one first.

    ``warnings`` are about cells that were left empty or read with doubt.
    """

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
    """Return the slug that identifies a film: its title and, if known, its year.

    Slugs cannot contain the vowel signs of Hindi or “$”; a digest distinguishes titles that would have equal slugs.
    """
    slug = slugify(title, allow_unicode=True)[:LONGEST_SLUG]
    if not slug or any(unicodedata.category(letter)[0] == "M" for letter in title):
        slug = f"{slug or 'film'}-{blake2s(title.casefold().encode(), digest_size=3).hexdigest()}"
    return f"{slug}-{year}" if year else slug


def genre_slug(name: str) -> str:
    """The slug that identifies a genre: the same for “Sci-Fi” and “sci fi”."""
    return slugify(name, allow_unicode=True)[:LONGEST_GENRE]


def title_of(row: TableRow, columns: Columns) -> str:
    """The beginning of a row's title, for a note about the row."""
    return Truncator(values.line(_cell(row, columns, "title")[1])).chars(60)


def read_row(row: TableRow, layout: Layout) -> MovieRow:
    """Read one row. An unusable optional cell gives a warning. Raises Unusable if the row cannot be used."""
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
        title_translations=cells.read_translations("title", _title_alone),
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
        synopsis_translations=cells.read_translations("synopsis", values.synopsis),
        content_notes=cells.read("content_notes", values.content_notes) or "",
        content_notes_translations=cells.read_translations("content_notes", values.content_notes),
        trailer_url=cells.read("trailer_url", values.trailer_url) or "",
        rating=None if _nobody_voted(cells.found) else cells.read("rating", values.rating),
    )
    for value in (
        movie.title,
        *movie.title_translations.values(),
        movie.original_title,
        movie.director,
        movie.distributor,
    ):
        cells.warn_if_garbled(value)
    genres = {genre_slug(name): name for name in cells.read_each("genres", values.genre)}
    original = cells.read_each("original_language", _language)
    languages = dict([*original, *cells.read_each("languages", _language)])
    if len(languages) > 1:
        languages.pop(NO_DIALOGUE[0], None)
    first = _original(list(languages), bool(original), cells.columns.get("languages", ""))
    return MovieRow(row.number, movie, genres, languages, cells.warnings, first)


class _Cells:
    """The cells of a row and their columns, by field. Unusable optional cells are read as empty, with a warning."""

    def __init__(self, row: TableRow, layout: Layout) -> None:
        cells = {name: _cell(row, layout.columns, name) for name in layout.columns}
        self.columns = {name: column for name, (column, _cell) in cells.items()}
        self.found = {name: cell for name, (_column, cell) in cells.items()}
        self.number, self.title = row.number, ""
        self.warnings: list[Note] = []

    def warn(self, reason: str, value: Any = "") -> None:
        shown = Unusable(reason, value).value
        self.warnings.append(Note(self.number, reason, shown, Truncator(self.title).chars(60)))

    def warn_if_garbled(self, value: str) -> None:
        repaired = mended(value)
        if repaired is not None:
            reason = _("looks garbled; perhaps “%(repaired)s”") if repaired else _("looks garbled")
            self.warn(reason % {"repaired": repaired}, value)

    def read(self, name: str, parse: Callable[[Any], T]) -> T | None:
        cell = self.found.get(name)
        return None if cell is None else self._parse(cell, parse)

    def read_translations(self, name: str, parse: Callable[[Any], str]) -> dict[str, str]:
        """The translations of a field, by language."""
        of_field = {field: code for field, (known, code) in translated_fields().items() if known == name}
        found = {code: self.read(field, parse) for field, code in of_field.items() if field in self.found}
        return {code: text for code, text in found.items() if text}

    def read_each(self, name: str, parse: Callable[[str], T | None]) -> list[T]:
        """Parse each name in a cell; unusable ones are left out with a warning."""
        parsed = (self._parse(item, parse) for item in self.read(name, values.names) or [])
        return [item for item in parsed if item]

    def _parse(self, cell: Any, parse: Callable[[Any], T]) -> T | None:
        try:
            return parse(cell)
        except Unusable as unusable:
            self.warn(unusable.reason, unusable.value)
            return None


def _cell(row: TableRow, columns: Columns, name: str) -> tuple[str, Any]:
    """Return the first column of the field with a value, and its cell (a list if several columns are combined)."""
    nothing = NULLS if name.startswith("title") else NOTHING
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


def _original(codes: list[str], is_given: bool, column: str) -> str:
    """The original language: the given one, else the first, but "" for TMDB's unordered spoken languages."""
    if not codes or (not is_given and len(codes) > 1 and "spoken" in header_words(column)):
        return ""
    return codes[0]


def _title_alone(cell: Any) -> str:
    """A title without its year."""
    return _without_year(values.title(cell), None)[0]


def _nobody_voted(cells: dict[str, Any]) -> bool:
    return bool(re.fullmatch(r"0+([.,]0+)?", text(cells.get("votes"))[:20]))


def _without_year(title: str, year: int | None) -> tuple[str, int | None]:
    """Split “Toy Story (1995)” into title and year, unless the table gives another year."""
    match = TITLE_AND_YEAR.fullmatch(title)
    named = dates.find_year(match[2]) if match else None
    return (match[1], named) if match and named and year in (None, named) else (title, year)
