"""The plan of an import: how a film table was read, its films, and what could not be read. Nothing is saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from cinema.exceptions import ColumnMissing, TableTooLong
from cinema.film_tables.columns import REQUIRED, Assignment, Layout, assign, grouped, reassign
from cinema.film_tables.dates import DateOrder, remark
from cinema.film_tables.encodings import Encoding
from cinema.film_tables.rows import MovieRow, Note, read_row, title_of
from cinema.film_tables.survey import Survey, order_of_dates, settled, survey, units
from cinema.film_tables.table import Table, TableRow
from cinema.film_tables.tables import open_table
from cinema.film_tables.values import Unusable

T = TypeVar("T")


class ImportProgress(Protocol):
    """Yields ``items`` and shows the progress, as tqdm does."""

    def __call__(self, items: Iterable[T], *, desc: str, total: int) -> Iterable[T]: ...


def silently(items: Iterable[T], *, desc: str, total: int) -> Iterable[T]:
    return items


@dataclass(frozen=True)
class Choices:
    """The user's choices for reading a table.

    ``named`` maps a field to the header of its column. ``assigned`` maps the index of a column to its field, "" if it
    is not used. ``day_first`` is how 5/12/2009 is read.
    """

    named: Mapping[str, str] = field(default_factory=dict)
    assigned: Mapping[int, str] | None = None
    encoding: str = ""
    day_first: bool | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table with its index (``place``), its field ("" if not used), and its first values."""

    place: int
    name: str
    field: str
    examples: Sequence[str] = ()


@dataclass
class ImportPlan:
    """The films of a table, the skipped rows and the doubtful cells, each with the reason.

    If required fields have no column (``missing``), no rows were read.
    """

    columns: list[Column]
    encoding: Encoding
    layout: Layout
    dates: DateOrder
    movies: list[MovieRow] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)

    @property
    def missing(self) -> list[str]:
        return [name for name in REQUIRED if name not in self.layout.columns]

    @property
    def used(self) -> list[Column]:
        return [column for column in self.columns if column.field]

    @property
    def unused(self) -> list[Column]:
        return [column for column in self.columns if not column.field]

    @property
    def remarks(self) -> list[str]:
        """Sentences on how ambiguous parts of the table were read."""
        other = {"hours": _("hours"), "seconds": _("seconds"), "milliseconds": _("milliseconds")}
        found = [
            _("The numbers in “%(column)s” are read as %(unit)s.") % {"column": column, "unit": other[unit]}
            for column, unit in self.layout.units.items()
            if unit in other
        ]
        return found + ([remark(self.dates, self.layout.day_first)] if self.dates.doubtful else [])

    def check(self) -> None:
        """Raise ColumnMissing if the title or the runtime has no column."""
        for name in self.missing:
            raise ColumnMissing(name, [column.name for column in self.columns])


def plan_import(
    *,
    path: Path,
    choices: Choices | None = None,
    progress: ImportProgress = silently,
    most_rows: int | None = None,
) -> ImportPlan:
    """Read the table at ``path`` without database access.

    Raises TableUnreadable, ColumnMissing for a ``named`` column that does not exist, and TableTooLong for more than
    ``most_rows`` rows.
    """
    choices = choices or Choices()
    table = open_table(path, choices.encoding, most_rows)
    assigned, found = _look_through(table, choices, most_rows)
    columns = grouped(assigned)
    order = order_of_dates(columns, found.cells)
    day_first = choices.day_first if choices.day_first is not None else bool(order.day_first)
    plan = ImportPlan(
        [Column(n, name, assigned.get(name, ""), found.examples[name]) for n, name in enumerate(table.columns)],
        table.encoding,
        Layout(columns, day_first, units(columns, found.cells)),
        order if choices.day_first is None else order._replace(proof=""),
    )
    if not plan.missing:
        _read(plan, progress(table, desc=_("Reading"), total=found.rows))
    return plan


def _look_through(table: Table, choices: Choices, most_rows: int | None) -> tuple[Assignment, Survey]:
    if choices.assigned is not None:
        chosen = {name: choices.assigned.get(place, "") for place, name in enumerate(table.columns)}
        assigned = {name: field for name, field in chosen.items() if field}
    else:
        assigned = reassign(assign(table.columns), choices.named, table.columns)
    found = survey(_at_most(table, most_rows), table.columns, assigned)
    if choices.assigned is None:
        kept = {column: cells for column, cells in found.cells.items() if assigned.get(column) not in choices.named}
        assigned = settled(assigned, kept)
    return assigned, found


def _at_most(table: Table, most_rows: int | None) -> Iterable[TableRow]:
    for number, row in enumerate(table, start=1):
        if most_rows is not None and number > most_rows:
            raise TableTooLong(most_rows)
        yield row


def _read(plan: ImportPlan, rows: Iterable[TableRow]) -> None:
    first: dict[str, MovieRow] = {}
    for row in rows:
        try:
            film = read_row(row, plan.layout)
            _refuse_twice(film, first.setdefault(film.movie.slug, film))
        except Unusable as unusable:
            title = title_of(row, plan.layout.columns)
            plan.skipped.append(Note(row.number, unusable.reason, unusable.value, title))
        else:
            plan.movies.append(film)
            plan.warnings += film.warnings


def _refuse_twice(film: MovieRow, first: MovieRow) -> None:
    if film is first:
        return
    row = _("row %(row)d") % {"row": first.number}
    directors = {film.movie.director, first.movie.director} - {""}
    if len(directors) > 1:
        raise Unusable(_("same title and year as an earlier film, but another director"), row)
    raise Unusable(_("same film as in an earlier row"), row)
