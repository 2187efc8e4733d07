"""Files of films as tables: which encoding, CSV or JSON, which row.

A row's number is the one a person sees. In a CSV file that is the row of a spreadsheet: the header is row 1, blank
lines count, a cell of several lines is one row. In JSON it is the place in the list, from 1; in JSON lines, the line.
"""

import codecs
import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from cinema.exceptions import TableUnreadable
from cinema.film_tables.columns import FIELD_CALLED, match_columns, plain

HEAD = 65_536  # enough of a file to recognise it by
DELIMITERS = ",\t;|"
MAX_LINES = 500  # in one row; more means that a quotation mark is never closed
MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
NOT_TEXT = {b"PK\x03\x04": "XLSX/ZIP", b"\xd0\xcf\x11\xe0": "XLS", b"\x1f\x8b": "GZIP", b"%PDF": "PDF"}

csv.field_size_limit(2**31 - 1)  # one very long synopsis must not end an import


class Row(NamedTuple):
    """A row's cells by the names of their columns. ``fault`` says why they cannot be trusted, if so."""

    number: int
    cells: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True)
class Table:
    """The columns, each name once, and the rows, which can be gone through more than once."""

    name: str
    columns: list[str]
    read: Callable[[], Iterator[Row]]

    def __iter__(self) -> Iterator[Row]:
        try:
            yield from self.read()
        except UnicodeError as error:
            raise _wrong_encoding(self.name, error) from error


def open_table(path: Path, encoding: str = "") -> Table:
    """Recognise the file at ``path`` by what is in it. Raises TableUnreadable.

    Without ``encoding`` a byte order mark decides; else it is UTF-8, in which stray bytes are read as Windows' Latin-1.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        for mark, kind in NOT_TEXT.items():
            if head.startswith(mark):
                raise TableUnreadable(path.name, _("this is %s, not text; save the table as CSV first.") % kind)
        errors = "strict" if encoding else "windows"
        opened = partial(path.open, encoding=encoding or _guess(head), errors=errors, newline="")
        with opened() as file:
            start = file.read(HEAD).lstrip("\ufeff")
            if start.lstrip()[:1] in {"[", "{"}:
                return _json_table(path.name, start + file.read())
    except OSError as error:
        raise TableUnreadable(str(path), error.strerror or str(error)) from error
    except (LookupError, UnicodeError) as error:
        raise _wrong_encoding(path.name, error) from error
    return _csv_table(path.name, opened, start)


def _wrong_encoding(name: str, error: Exception) -> TableUnreadable:
    return TableUnreadable(name, _("it cannot be read in that encoding (%(error)s).") % {"error": error})


def _guess(head: bytes) -> str:
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head[:2]:  # every other byte of Latin letters in UTF-16
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    return "utf-8-sig"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are not UTF-8 as Windows' Latin-1: tables are pasted together from both."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("windows", _as_windows)


def _csv_table(name: str, opened: Callable[[], io.TextIOBase], start: str) -> Table:
    excel = re.match(r"sep=(.)[\r\n]", start)  # Excel's own way to name the delimiter, in a line before the header
    delimiter = excel[1] if excel else max(DELIMITERS, key=lambda mark: _fit(start.lstrip(), mark))
    # A dump of a database writes \N for nothing and knows no quotation marks around cells.
    dump = delimiter == "\t" and "\t\\N" in start

    def rows() -> Iterator[tuple[int, list[str], str]]:
        line = 0
        with opened() as file:
            reader = csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE if dump else csv.QUOTE_MINIMAL)
            for number, cells in enumerate(reader, start=1):
                runaway, line = reader.line_num - line > MAX_LINES, reader.line_num
                if any(map(str.strip, cells)) and not (excel and number == 1):
                    yield number, cells, _("a quotation mark is never closed") if runaway else ""

    def read() -> Iterator[Row]:
        for number, cells, fault in rows():
            if any(cells[len(columns) :]):  # a stray delimiter has moved the others to the wrong columns
                fault = fault or _("more cells than columns")
            if number != header:
                yield Row(number, dict(zip(columns, cells, strict=False)), fault)

    header, names, _fault = next(rows(), (0, [], ""))
    if not names:
        raise TableUnreadable(name, _("the file is empty."))
    columns = _each_once(names)
    return Table(name, columns, read)


def _fit(start: str, delimiter: str) -> tuple[int, int]:
    """Rate a delimiter by how many headers it gives that mean something, then by how many it gives at all."""
    header = next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter), [])
    return sum(plain(name) in FIELD_CALLED for name in header), len(header)


def _each_once(names: list[str]) -> list[str]:
    """Tell columns of the same name apart: “Title”, “Title (2)”."""
    seen: Counter[str] = Counter()
    columns = []
    for name in names:
        seen[name] += 1
        columns.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return columns


def _json_table(name: str, text: str) -> Table:
    try:
        films = enumerate(_films(json.loads(text, strict=False)), start=1)
        rows = [Row(n, film) if isinstance(film, dict) else Row(n, {}, _("not an object")) for n, film in films]
    except RecursionError as error:
        raise TableUnreadable(name, _("it is nested too deeply.")) from error
    except ValueError as error:
        rows = list(_json_lines(text))
        if not rows or rows[0].fault:
            raise TableUnreadable(name, _("this is not valid JSON (%(error)s).") % {"error": error}) from error
    return Table(name, list(dict.fromkeys(key for row in rows for key in row.cells)), lambda: iter(rows))


def _films(document: Any) -> list[Any]:
    """Find the list of films: the document itself, or its longest list of objects, as in {"results": […]}."""
    if isinstance(document, list):
        return document
    if {"title", "runtime"} <= match_columns(list(document)).keys():
        return [document]
    lists = [value for value in document.values() if isinstance(value, list)]
    return max((films for films in lists if any(isinstance(film, dict) for film in films)), key=len, default=[document])


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            film = json.loads(line, strict=False)
        except (ValueError, RecursionError):
            film = None
        yield Row(number, film) if isinstance(film, dict) else Row(number, {}, _("not valid JSON"))
