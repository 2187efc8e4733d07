"""Rows and columns, whatever file they come from.

A row's number is the one a person sees. In a CSV file that is the row of a spreadsheet: the header is row 1, blank
lines count, a cell of several lines is one row. In JSON it is the place in the list, from 1; in JSON lines, the line.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from cinema.exceptions import TableUnreadable
from cinema.film_tables.encodings import Encoding

MOST_COLUMNS = 300
LONGEST_CELL = 100_000  # characters; more is no cell of a film


class TableRow(NamedTuple):
    """A row's cells by the names of their columns. ``fault`` says why they cannot be trusted, if so."""

    number: int
    cells: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """The columns, each name once, and the rows, which can be gone through more than once."""

    name: str
    columns: list[str]
    read: Callable[[], Iterator[TableRow]]
    encoding: Encoding

    def __iter__(self) -> Iterator[TableRow]:
        try:
            for row in self.read():
                yield row._replace(fault=row.fault or _long_cell()) if _has_long_cell(row) else row
        except UnicodeError as error:
            raise wrong_encoding(self.name, error) from error
        except csv.Error as error:
            raise no_csv(self.name, error) from error


def check_columns(name: str, columns: int) -> None:
    """Raise TableUnreadable for more columns than MOST_COLUMNS."""
    if columns > MOST_COLUMNS:
        raise TableUnreadable(name, _("the table has more than %(most)d columns.") % {"most": MOST_COLUMNS})


def wrong_encoding(name: str, error: Exception) -> TableUnreadable:
    return TableUnreadable(name, _("it cannot be read in that encoding (%(error)s).") % {"error": error})


def no_csv(name: str, error: Exception) -> TableUnreadable:
    return TableUnreadable(name, _("this is not a CSV file (%(error)s).") % {"error": error})


def _has_long_cell(row: TableRow) -> bool:
    return any(isinstance(cell, str) and len(cell) > LONGEST_CELL for cell in row.cells.values())


def _long_cell() -> str:
    return _("a cell is longer than %(most)s characters") % {"most": f"{LONGEST_CELL:,}"}
