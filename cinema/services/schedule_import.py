"""A schedule from a CSV file: a row of a plan for every line, with a word about each that cannot be read.

The columns are found by their names in the first line. A row's number is that of a spreadsheet: the header is row 1.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from cinema.clock import read_day, read_time
from cinema.exceptions import RowUnclear, RuleBroken, ScheduleUnreadable
from cinema.models import Language, Movie, Show, Theatre
from cinema.services.plan_rows import MAX_ROWS, PlanRow, place
from cinema.services.schedule import ShowPlan
from cinema.sheets.csv import plain

MAX_BYTES = 500_000
DELIMITERS = ",;\t|"
NEEDED = ("date", "time", "screen", "film")
COLUMNS = (*NEEDED, "format", "language", "subtitles", "price card")
ALIASES = {"day": "date", "start": "time", "movie": "film", "title": "film", "hall": "screen", "card": "price card"}

Names = Mapping[str, Any]


def decode(content: bytes) -> str:
    """The text of an uploaded file: UTF-8, with or without a mark, or what Windows' Excel saves. Raises
    ScheduleUnreadable."""
    if len(content) > MAX_BYTES:
        raise ScheduleUnreadable(_("The file is too large: a schedule has at most 500 kB."))
    if b"\0" in content:
        raise ScheduleUnreadable(_("This is not a CSV file. Save the table as CSV (UTF-8) first."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def import_rows(*, theatre: Theatre, text: str) -> list[PlanRow]:
    """The rows of a plan from the text of a CSV file. Raises ScheduleUnreadable."""
    if len(text) > MAX_BYTES or "\0" in text:
        raise ScheduleUnreadable(_("This is not a CSV file, or it is too large."))
    reader = _Reader(theatre)
    return [reader.row(number, cells) for number, cells in _lines(text)]


def _lines(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of every line that has any, by the names of their columns."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ScheduleUnreadable(_("This is not a CSV file: %(error)s.") % {"error": error}) from error
    names = [" ".join(name.strip().lower().replace("_", " ").split()) for name in lines[0]] if lines else []
    names = [ALIASES.get(name, name) for name in names]
    if missing := [name for name in NEEDED if name not in names]:
        text = _("The first line has to name the columns; these are missing: %(columns)s.")
        raise ScheduleUnreadable(text % {"columns": ", ".join(missing)})
    filled = [(number, line) for number, line in enumerate(lines[1:], start=2) if any(map(str.strip, line))]
    if len(filled) > MAX_ROWS:
        raise ScheduleUnreadable(_("At most %(number)d rows at once.") % {"number": MAX_ROWS})
    for number, line in filled:
        yield number, {name: cell.strip() for name, cell in zip(names, line, strict=False)}


class _Reader:
    """Knows by name what a schedule of the theatre can speak of."""

    def __init__(self, theatre: Theatre) -> None:
        self.theatre = theatre
        self.screens = _by_name(theatre.screens.all(), lambda screen: [screen.name, plain(screen.name)])
        for screen in self.screens.values():
            screen.theatre = theatre
        self.cards = _by_name(theatre.price_cards.filter(retired_at=None), lambda card: [card.name])
        self.languages = _by_name(Language.objects.all(), lambda language: [language.code, language.name])
        self.formats = {str(word).casefold(): value for value, label in Show.Format.choices for word in (value, label)}
        movies = Movie.objects.only("title", "year", "slug", "runtime", "retired_at")
        movies = movies.order_by(F("retired_at").asc(nulls_last=True), F("year").asc(nulls_first=True))
        # Of several films with one title the latest is meant; “Title (2024)” and the slug name each.
        self.films = _by_name(movies, lambda m: [m.slug, m.title, f"{m.title} ({m.year})"])

    def row(self, number: int, cells: Mapping[str, str]) -> PlanRow:
        row = PlanRow(number=number, film=cells.get("film", "")[:200], screen=cells.get("screen", "")[:60])
        try:
            row.day = _read(read_day, cells, "date")
            row.at = _read(read_time, cells, "time")
            movie, screen = self._named(self.films, cells, "film"), self._named(self.screens, cells, "screen")
            language = self._named(self.languages, cells, "language", optional=True) or movie.languages.first()
            if language is None:
                raise RowUnclear("language", "")
            said = {
                "movie": movie,
                "screen": screen,
                "language": language,
                "subtitles": self._named(self.languages, cells, "subtitles", optional=True),
                "format": self._named(self.formats, cells, "format", optional=True) or Show.Format.STANDARD,
                "price_card": self._named(self.cards, cells, "price card", optional=True),
            }
        except RuleBroken as problem:
            row.problem = problem
            return row

        def plan(starts_at: datetime) -> ShowPlan:
            return ShowPlan(starts_at=starts_at, **said)

        place(row, theatre=self.theatre, fold=None, plan=plan)
        return row

    def _named(self, names: Names, cells: Mapping[str, str], column: str, *, optional: bool = False) -> Any:
        said = cells.get(column, "")
        if not said and optional:
            return None
        try:
            return names[said.casefold()]
        except KeyError:
            raise RowUnclear(column, said) from None


def _by_name(rows: Any, names: Callable[[Any], list[str]]) -> dict[str, Any]:
    return {name.casefold(): row for row in rows for name in names(row)}


def _read(read: Callable[[str], Any], cells: Mapping[str, str], column: str) -> Any:
    said = cells.get(column, "")
    try:
        return read(said)
    except ValueError:
        raise RowUnclear(column, said) from None
