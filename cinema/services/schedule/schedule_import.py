"""Read a schedule from a CSV file: a plan row for every line, with a problem for each invalid one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from babel.core import get_global
from django.utils.translation import gettext as _

from cinema.domain.clock import FIRST_YEAR, LAST_YEAR, read_time
from cinema.domain.texts import one_line
from cinema.exceptions import BusinessRuleViolation, RowUnclear
from cinema.film_tables.dates import read_date
from cinema.film_tables.double_bills import read_further
from cinema.film_tables.schedule_tables import COLUMNS, decode_schedule, read_schedule
from cinema.film_tables.titles import LONGEST
from cinema.film_tables.values import is_blank
from cinema.models import FurtherFilm, Language, Movie, Show, Theatre
from cinema.models.features import BETWEEN_FILMS, FURTHER, MAX_BREAK, WHOLE
from cinema.models.labels import LONGEST_LABEL_NOTE, stored_labels
from cinema.models.translations import other_languages
from cinema.services.schedule.plan_rows import MAX_ROWS, PlanRow, place
from cinema.services.schedule.schedule import ShowPlan
from cinema.services.schedule.schedule_names import FilmNames, OtherNames, ScreenNames, is_original, read_languages

__all__ = ["COLUMNS", "Schedule", "decode_schedule", "import_rows"]

MONTH_FIRST = {"US", "PR", "VI", "GU", "AS", "MP", "UM"}  # countries that write 12/08/2026 for 8 December

BETWEEN_LABELS = re.compile(r"[,;/|+·、،]")
DAY_BEFORE = re.compile(r"^\d{1,4}([-./])\d{1,2}\1\d{1,4}\s+")  # the time of an export

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Schedule:
    """The plan rows of a file. ``remarks`` tell how it was read; ``doubtful`` is a date with two possible readings."""

    rows: list[PlanRow]
    remarks: list[str] = field(default_factory=list)
    doubtful: str = ""


def import_rows(
    *, theatre: Theatre, text: str, day_first: bool | None = None, film_choices: Mapping[str, int] | None = None
) -> Schedule:
    """Read the text of a CSV file. Raises ScheduleUnreadable.

    ``day_first`` is how to read 08/12/2026 if the file does not show it. ``film_choices`` maps titles to keys of films.
    """
    table = read_schedule(text, MAX_ROWS)
    if day_first is None:
        day_first = table.dates.day_first if table.dates.day_first is not None else _day_first_at(theatre)
    reader = _Reader(theatre, day_first, dict(film_choices or {}))
    films = [reader.film(cells) for _number, cells in table.rows]
    read_languages(filter(None, films))
    rows = [reader.row(number, cells, film) for (number, cells), film in zip(table.rows, films, strict=True)]
    unused = _("Columns not used: %(columns)s.") % {"columns": ", ".join(table.unused)} if table.unused else ""
    return Schedule(rows, [said for said in (table.remark(day_first), unused) if said], table.dates.doubtful)


def _day_first_at(theatre: Theatre) -> bool:
    return get_global("zone_territories").get(str(theatre.tz)) not in MONTH_FIRST


class _Reader:
    """Reads rows, and finds films, screens, languages, formats and price cards by name."""

    def __init__(self, theatre: Theatre, day_first: bool, film_choices: dict[str, int]) -> None:
        self.theatre, self.day_first = theatre, day_first
        self.films, self.screens, self.others = FilmNames(film_choices), ScreenNames(theatre), OtherNames(theatre)

    def film(self, cells: Cells) -> Movie | None:
        """The film of a row; of a double bill the first one, also of a cell such as “Alien + Brazil” in an export."""
        said, year = cells.get("film", ""), cells.get("year", "")
        found = self.films.find(said, year)
        if found or is_blank(cells.get("further films", "")):
            return found
        titles = said[:LONGEST].split(BETWEEN_FILMS)
        beginnings = (BETWEEN_FILMS.join(titles[:number]) for number in range(len(titles) - 1, 0, -1))
        return next(filter(None, (self.films.find(title, year) for title in beginnings)), None)

    def row(self, number: int, cells: Cells, film: Movie | None) -> PlanRow:
        row = PlanRow(number=number, film=cells.get("film", "")[:200], screen=cells.get("screen", "")[:60])
        try:
            row.day, row.at = self._day(number, cells), self._time(number, cells)
            said = self._said(number, cells, film)
        except BusinessRuleViolation as problem:
            row.problem = problem
            return row

        def plan(starts_at: datetime) -> ShowPlan:
            return ShowPlan(starts_at=starts_at, **said)

        place(row, theatre=self.theatre, fold=None, plan=plan)
        return row

    def _day(self, number: int, cells: Cells) -> date:
        said = cells.get("date", "")
        try:
            day = read_date(said, day_first=self.day_first, last_short_year=99) if said else None
        except ValueError:
            day = None
        if not day or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise RowUnclear(number, "date", said)
        return day

    def _time(self, number: int, cells: Cells) -> time:
        said = cells.get("time", "")
        try:
            return read_time(DAY_BEFORE.sub("", said))
        except ValueError:
            raise RowUnclear(number, "time", said) from None

    def _said(self, number: int, cells: Cells, film: Movie | None) -> dict[str, Any]:
        if film is None:
            said = cells.get("film", "")
            raise RowUnclear(number, "film", said, self.films.nearest(said))
        screen = self.screens.find(cells.get("screen", ""))
        if screen is None:
            raise RowUnclear(number, "screen", cells.get("screen", ""))
        return {
            "movie": film,
            "further": self._further(number, cells.get("further films", "")),
            "screen": screen,
            "language": self._language(number, cells.get("language", ""), film),
            "subtitles": self._optional(number, "subtitles", cells, self.others.language),
            "format": self._optional(number, "format", cells, self.others.format)
            or film.format
            or Show.Format.STANDARD,
            "labels": self._labels(number, cells.get("labels", "")),
            "label_note": self._note(number, cells.get("note", "")),
            "label_note_translations": self._note_translations(number, cells),
            "price_card": self._optional(number, "price card", cells, self.others.card),
        }

    def _further(self, number: int, said: str) -> tuple[FurtherFilm, ...]:
        cells = read_further(said)
        if len(cells) > len(FURTHER):
            raise RowUnclear(number, "most films", cells[len(FURTHER)].film)
        further = []
        for title, minutes, share in cells:
            movie = self.films.find(title)
            if movie is None:
                raise RowUnclear(number, "further films", title, self.films.nearest(title))
            if minutes > MAX_BREAK:
                raise RowUnclear(number, "break", title)
            if share is None or share > WHOLE:
                raise RowUnclear(number, "share", title)
            further.append(FurtherFilm(movie, minutes, share))
        return tuple(further)

    def _language(self, number: int, said: str, film: Movie) -> Language:
        original = is_original(said)
        found = next(iter(film.spoken), None) if original else self.others.language(said)
        if found is None:
            raise RowUnclear(number, "language", "" if original else said)
        return found

    def _labels(self, number: int, said: str) -> str:
        if is_blank(said):
            return ""
        found = {word.strip(): self.others.label(word) for word in BETWEEN_LABELS.split(said) if word.strip()}
        if unknown := next((word for word, label in found.items() if label is None), None):
            raise RowUnclear(number, "labels", unknown)
        return stored_labels(filter(None, found.values()))

    def _note(self, number: int, said: str) -> str:
        note = "" if is_blank(said) else one_line(said)
        if len(note) > LONGEST_LABEL_NOTE:
            raise RowUnclear(number, "note", note)
        return note

    def _note_translations(self, number: int, cells: Cells) -> dict[str, str]:
        notes = {code: self._note(number, cells.get(f"note_{code}", "")) for code in other_languages()}
        return {code: note for code, note in notes.items() if note}

    def _optional(self, number: int, column: str, cells: Cells, find: Any) -> Any:
        said = cells.get(column, "")
        if is_blank(said):
            return None
        found = find(said)
        if found is None:
            raise RowUnclear(number, column, said)
        return found
