"""CSV for spreadsheet programs."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from cinema.exports import Cell, Sheet
from cinema.exports.dialects import PLAIN, Dialect

CONTENT_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"  # without it Excel does not recognise UTF-8
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # and full width forms
ROWS = 200  # sent at a time


class _Echo:
    """A file for csv.writer whose write() returns the line."""

    def write(self, line: str) -> str:
        return line


def write(sheets: Iterable[Sheet], dialect: Dialect = PLAIN) -> Iterator[bytes]:
    """Yield the bytes of one file. Several tables are separated by an empty line, each below its name."""
    writer = csv.writer(_Echo(), delimiter=dialect.delimiter)
    lines = [BOM]
    for n, sheet in enumerate(sheets):
        if n:
            lines.append("\r\n")
        if n or (isinstance(sheets, list | tuple) and len(sheets) > 1):
            lines.append(writer.writerow([plain(sheet.name)]))
        lines.append(writer.writerow(map(plain, sheet.header)))
        for row in sheet.rows:
            lines.append(writer.writerow(dialect.value(plain(cell)) for cell in row))
            if len(lines) >= ROWS:
                yield "".join(lines).encode()
                lines.clear()
    yield "".join(lines).encode()


def unquoted(text: str) -> str:
    """The text of a cell, without the apostrophe that plain() puts in front of formulas."""
    return text[1:] if text.startswith("'") and text[1:].lstrip(" \xa0").startswith(DANGEROUS) else text


def plain(cell: Cell) -> Any:
    """Return a value for csv.writer. A text that spreadsheets would run as a formula gets an apostrophe in front."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" \xa0").startswith(DANGEROUS) else cell
    return cell
