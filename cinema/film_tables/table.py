"""A table with rows and columns, from any kind of file.

Rows have the numbers that users see. In CSV as in a spreadsheet: the header is row 1, blank lines count, and a cell of
several lines is in one row. In JSON the position in the list, from 1; in JSON lines the line.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from cinema.domain.numbers import format_number
from cinema.exceptions import TableUnreadable
from cinema.film_tables.encodings import Encoding

MOST_COLUMNS = 300
LONGEST_CELL = 100_000  # characters; a row with a longer cell has a fault


class TableRow(NamedTuple):
    """The cells of a row by the names of their columns. ``fault`` is the reason why they cannot be used, or ""."""

    number: int
    cells: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """A table with unique column names. Its rows can be iterated more than once."""

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
    return _("a cell is longer than %(most)s characters") % {"most": format_number(LONGEST_CELL)}
