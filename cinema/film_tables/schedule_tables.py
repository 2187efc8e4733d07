"""Reading of a schedule in CSV: its rows, with their cells by field. No database access.

Rows are numbered as in a spreadsheet: the first is row 1.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cinema.exceptions import ScheduleUnreadable
from cinema.film_tables.csv_tables import find_delimiter
from cinema.film_tables.dates import DateOrder, date_order, remark
from cinema.film_tables.encodings import decode
from cinema.film_tables.languages import language_at_end
from cinema.film_tables.table import MOST_COLUMNS
from cinema.film_tables.vocabulary import meaning
from cinema.models.translations import other_languages

MAX_BYTES = 500_000
NEEDED = ("date", "time", "film")
COLUMNS = (
    *("date", "time", "screen", "film", "further films"),
    *("format", "language", "subtitles", "labels", "note", "price card"),
)
HEAD = 65_536  # characters, enough to contain the header
HEADER_WITHIN = 10  # rows; there may be a title above the header


@dataclass(frozen=True)
class ScheduleTable:
    """``rows`` are pairs of a number and the cells by their field; ``unused`` the headers of the other columns."""

    rows: Sequence[tuple[int, Mapping[str, str]]]
    unused: Sequence[str]
    dates: DateOrder

    def remark(self, day_first: bool) -> str:
        """How ambiguous dates are read, as a sentence; "" if there are none."""
        return remark(self.dates, day_first) if self.dates.doubtful else ""


def decode_schedule(content: bytes, encoding: str = "") -> str:
    """Decode an uploaded file in ``encoding``; the default is detected. Raises ScheduleUnreadable."""
    if len(content) > MAX_BYTES:
        raise ScheduleUnreadable(_("The file is too large: a schedule has at most 500 kB."))
    try:
        text, _found = decode(content, encoding)
    except (UnicodeError, LookupError) as error:
        raise ScheduleUnreadable(_("The file cannot be read in that encoding.")) from error
    _check_is_text(text)
    return text


def read_schedule(text: str, most_rows: int) -> ScheduleTable:
    """Read the rows below the header. Raises ScheduleUnreadable."""
    if len(text) > MAX_BYTES:
        raise ScheduleUnreadable(_("The file is too large: a schedule has at most 500 kB."))
    _check_is_text(text)
    lines = _lines(text.lstrip("\ufeff"))
    top, columns = _header(lines)
    fields = _fields(columns)
    filled = [(n, line) for n, line in enumerate(lines, start=1) if n > top and any(map(str.strip, line))]
    if len(filled) > most_rows:
        raise ScheduleUnreadable(_("A schedule can have at most %(number)d rows.") % {"number": most_rows})
    rows = [(n, {name: line[at].strip() for name, at in fields.items() if at < len(line)}) for n, line in filled]
    unused = [name for at, name in enumerate(columns) if name.strip() and at not in fields.values()]
    return ScheduleTable(rows, unused, date_order((row.get("date") for _n, row in rows), columns[fields["date"]]))


def _check_is_text(text: str) -> None:
    if "\0" in text or text.startswith("PK\x03\x04"):
        raise ScheduleUnreadable(_("This is not a CSV file. Save the table as CSV (UTF-8) first."))


def _lines(text: str) -> list[list[str]]:
    excel = re.match(r"sep=(.)\r?\n", text)  # Excel's declaration of the delimiter
    delimiter = excel[1] if excel else find_delimiter(text[:HEAD], "schedule", HEADER_WITHIN)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ScheduleUnreadable(_("This is not a CSV file: %(error)s.") % {"error": error}) from error


def _header(lines: Sequence[Sequence[str]]) -> tuple[int, Sequence[str]]:
    """Find the header: its row number and the names of the columns. Raises ScheduleUnreadable."""
    numbered = list(enumerate(lines[:HEADER_WITHIN], start=1)) or [(0, [])]
    top, columns = max(numbered, key=lambda line: len(_fields(line[1]).keys() & set(NEEDED)))
    missing = [name for name in NEEDED if name not in _fields(columns)]
    if missing:
        text = _("One of the first rows has to name the columns. These are missing: %(columns)s.")
        raise ScheduleUnreadable(text % {"columns": ", ".join(missing)})
    return top, columns


def _fields(columns: Sequence[str]) -> dict[str, int]:
    """The index of each field's column; of several columns for a field, the one with the best name."""
    if len(columns) > MOST_COLUMNS:
        raise ScheduleUnreadable(_("The table has more than %(most)d columns.") % {"most": MOST_COLUMNS})
    ranked = (
        (0, at, note) if (note := _translated(name)) else (match[1], at, match[0])
        for at, name in enumerate(columns)
        if (match := meaning(name, "schedule"))
    )
    found: dict[str, int] = {}
    for _rank, at, field in sorted(ranked):
        found.setdefault(field, at)
    return found


def _translated(column: str) -> str:
    """“note_de” for a column of notes in another language than the site's, such as “Note (German)”; else ""."""
    text, code = language_at_end(column)
    what = meaning(text, "schedule") if code in other_languages() else None
    return f"note_{code}" if what and what[0] == "note" else ""
