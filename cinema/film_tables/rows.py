"""One row of a film table → a film ready to be saved, or the reason why not."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import blake2s
from typing import Any, TypeVar

from django.utils.text import Truncator, slugify
from django.utils.translation import gettext as _

from cinema.film_tables import dates, values
from cinema.film_tables.columns import Columns, Layout
from cinema.film_tables.encodings import mended
from cinema.film_tables.languages import find_language
from cinema.film_tables.runtimes import runtime
from cinema.film_tables.table import Row
from cinema.film_tables.values import NOTHING, NULLS, Unusable, is_blank, text
from cinema.film_tables.vocabulary import header_words, key, word_list
from cinema.models import Movie

T = TypeVar("T")

LONGEST_SLUG = 200  # leaves room for a digest and a year
LONGEST_GENRE = 60
TITLE_AND_YEAR = re.compile(r"(.*\S)\s*\((\d{4})\)")
SERIES_IN_TITLE = re.compile(r".*\((?:TV|Web|Mini)[ -]?(?:Mini[ -]?)?Series\b.*|.*\(TV Episode\b.*", re.IGNORECASE)
AMERICAN_TV = re.compile(r"TV-(?:Y7?|G|PG|14|MA)(?:-FV)?")
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


def title_of(row: Row, columns: Columns) -> str:
    """The beginning of what stands in a row as the title, for a word about it."""
    return Truncator(values.line(_cell(row, columns, "title")[1])).chars(60)


def read_row(row: Row, layout: Layout) -> MovieRow:
    """Read one row. What is optional and unusable stays empty, with a warning. Raises Unusable for the whole row."""
    if row.fault:
        raise Unusable(row.fault)
    found = {name: _cell(row, layout.columns, name) for name in layout.columns}
    cells = {name: cell for name, (_column, cell) in found.items()}
    _refuse_series(cells)
    title = values.title(cells["title"])
    length = runtime(cells["runtime"], layout.units.get(found["runtime"][0], "minutes"))
    warnings: list[Note] = []

    def warn(reason: str, value: Any = "") -> None:
        warnings.append(Note(row.number, reason, Unusable(reason, value).value, Truncator(title).chars(60)))

    def optional(name: str, parse: Callable[[Any], T], empty: T, item: Any = None) -> T:
        cell = item or cells.get(name)
        try:
            return empty if cell is None else parse(cell)
        except Unusable as unusable:
            warn(unusable.reason, unusable.value)
            return empty

    if length.doubt:
        warn(length.doubt, cells["runtime"])
    day = optional("release_date", partial(dates.release_date, day_first=layout.day_first), None)
    year = optional("year", dates.year, None) or dates.find_year(day or cells.get("release_date"))
    title, year = _without_year(title, year)
    original_title = optional("original_title", values.original_title, "")
    movie = Movie(
        title=title,
        slug=movie_slug(title, year),
        original_title="" if original_title == title else original_title,
        year=year,
        release_date=day,
        runtime=length.minutes,
        certificate=optional("certificate", values.certificate, ""),
        director=optional("director", values.director, ""),
        distributor=optional("distributor", values.distributor, ""),
        format=optional("format", values.film_format, ""),
        cast=optional("cast", values.cast, []),
        synopsis=optional("synopsis", values.synopsis, ""),
        rating=None if _nobody_voted(cells) else optional("rating", values.rating, None),
    )
    genres = [optional("genres", values.genre, "", name) for name in optional("genres", values.names, [])]
    first = [optional("original_language", _language, None, n) for n in optional("original_language", values.names, [])]
    spoken = [optional("languages", _language, None, n) for n in optional("languages", values.names, [])]
    languages = dict(filter(None, [*first, *spoken]))
    for said in (movie.title, movie.original_title, movie.director, movie.distributor):
        if (meant := mended(said)) is not None:
            warn(_("looks garbled; perhaps “%(meant)s”") % {"meant": meant} if meant else _("looks garbled"), said)
    return MovieRow(
        row.number,
        movie,
        {genre_slug(name): name for name in genres if name},
        languages,
        warnings,
        _original(list(languages), any(first), found.get("languages", ("", None))[0]),
    )


def _cell(row: Row, columns: Columns, name: str) -> tuple[str, Any]:
    """Return the first column of the field that says something, and its cell; a list of them where columns complete
    each other."""
    nothing = NULLS if name == "title" else NOTHING
    for group in columns.get(name, []):
        found = {column: cell for column in group if not is_blank(cell := row.cells.get(column), nothing)}
        if found:
            cells = list(found.values())
            return next(iter(found)), cells if name in LISTS and len(cells) > 1 else cells[0]
    return "", None


def _language(name: str) -> tuple[str, str] | None:
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


def _refuse_series(cells: dict[str, Any]) -> None:
    """Raise Unusable for what is a series or a game, and not a film, by any sign there is."""
    kind = text(cells.get("kind"))[:60]
    if _is_series(kind):
        raise Unusable(_("not a film"), kind)
    seasons, year, title = text(cells.get("seasons"))[:20], cells.get("year"), text(cells.get("title"))[:300]
    if re.fullmatch(r"0*[1-9]\d*(\.0)?", seasons):
        raise Unusable(_("a series, as it has seasons or episodes"), seasons)
    if dates.is_span(year):
        raise Unusable(_("a series, as it has a first and a last year"), year)
    if SERIES_IN_TITLE.fullmatch(title):
        raise Unusable(_("a series, as its title says"))
    certificate = text(cells.get("certificate"))[:20]
    unknown = all(name in cells and cells[name] is None for name in ("director", "year"))
    if unknown and AMERICAN_TV.fullmatch(certificate):
        raise Unusable(_("a series, as it has neither director nor year, but a rating for television"), certificate)


def _is_series(kind: str) -> bool:
    """Whether a type such as “tvSeries”, “TV Mini Series” or “Fernsehserie” is none of a film."""
    return bool(kind) and (key(kind).startswith(_series()) or key(kind).endswith(_series()))


@cache
def _series() -> tuple[str, ...]:
    return tuple(map(key, word_list("series")))


def _without_year(title: str, year: int | None) -> tuple[str, int | None]:
    """Read “Toy Story (1995)” as the film of that year, unless the table gives it another one."""
    match = TITLE_AND_YEAR.fullmatch(title)
    named = match and dates.find_year(match[2])
    return (match[1], named) if named and year in (None, named) else (title, year)
