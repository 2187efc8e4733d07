"""Film tables in CSV, with any of several delimiters."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Literal

from django.utils.translation import gettext as _

from cinema.domain.numbers import format_number
from cinema.exceptions import TableUnreadable
from cinema.exports.csv import unquoted
from cinema.film_tables.encodings import Encoding
from cinema.film_tables.table import MOST_COLUMNS, Table, TableRow, check_columns, no_csv
from cinema.film_tables.vocabulary import meaning

DELIMITERS = ",\t;|"
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
MAX_LINES = 500  # of one row; more means an unclosed quotation mark
MOST_LINES = 100_000  # without a complete row
LONGEST_LINE = 1_000_000  # characters

csv.field_size_limit(2**31 - 1)  # an unclosed quotation mark must not abort the whole import


def csv_table(name: str, opened: Callable[[], io.TextIOBase], start: str, encoding: Encoding) -> Table:
    """The table in the file that ``opened`` opens; ``start`` is its beginning. Raises TableUnreadable."""
    excel = re.match(r"sep=(.)[\r\n]", start)  # Excel's declaration of the delimiter, in a line before the header
    delimiter = excel[1] if excel else find_delimiter(start, "films")
    # Database dumps write NULL as \N and do not quote cells.
    dump = delimiter == "\t" and "\t\\N" in start

    def rows() -> Iterator[tuple[int, list[str], str]]:
        line = 0  # the last line of the last row that is not blank

        def lines() -> Iterator[str]:
            for number, text in enumerate(_lines(name, file), start=1):
                if number - line > MOST_LINES:
                    reason = _("no row ends after line %(line)d; perhaps a quotation mark there is never closed.")
                    raise TableUnreadable(name, reason % {"line": line})
                yield text

        with opened() as file:
            quoting: Literal[0, 3] = csv.QUOTE_NONE if dump else csv.QUOTE_MINIMAL
            reader, end = csv.reader(lines(), delimiter=delimiter, quoting=quoting), 0
            for number, cells in enumerate(reader, start=1):
                runaway, end = reader.line_num - end > MAX_LINES, reader.line_num
                if any(map(str.strip, cells)):
                    line = end
                    if not (excel and number == 1):
                        yield number, cells, _("a quotation mark is never closed") if runaway else ""

    def read() -> Iterator[TableRow]:
        for number, cells, fault in rows():
            if any(cells[len(columns) :]):  # an extra delimiter has shifted the cells
                fault = fault or _("more cells than columns")
            if number != header:
                yield TableRow(number, dict(zip(columns, map(unquoted, cells), strict=False)), fault)

    try:
        header, names, _fault = next(rows(), (0, [], ""))
    except csv.Error as error:
        raise no_csv(name, error) from error
    if not names:
        raise TableUnreadable(name, _("the file is empty."))
    if CONTROL.search("".join(names)):
        raise TableUnreadable(name, _("this is not text; save the table as CSV first."))
    check_columns(name, len(names))
    columns = _each_once(names)
    return Table(name, columns, read, encoding)


def find_delimiter(start: str, section: str, within: int = 1) -> str:
    """The delimiter with which one of the first ``within`` rows has the most known headers, then the most cells."""

    def fit(mark: str) -> tuple[int, int]:
        rows = islice(csv.reader(io.StringIO(start.lstrip(), newline=""), delimiter=mark), within)
        known = ((sum(meaning(name, section) is not None for name in row[:MOST_COLUMNS]), len(row)) for row in rows)
        return max(known, default=(0, 0))

    return max(DELIMITERS, key=fit)


def _lines(name: str, file: io.TextIOBase) -> Iterator[str]:
    """The lines of a file. Raises TableUnreadable for a line of LONGEST_LINE characters or more."""
    for number, line in enumerate(iter(partial(file.readline, LONGEST_LINE), ""), start=1):
        if len(line) >= LONGEST_LINE:
            text = _("line %(number)d is longer than %(most)s characters.")
            raise TableUnreadable(name, text % {"number": number, "most": format_number(LONGEST_LINE)})
        yield line


def _each_once(names: list[str]) -> list[str]:
    """Make the names of columns unique: “Title”, “Title (2)”."""
    seen: Counter[str] = Counter()
    columns = []
    for name in names:
        seen[name] += 1
        columns.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return columns
