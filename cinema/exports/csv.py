"""Comma-separated values, as spreadsheet programs read them."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cinema.exports import Cell, Sheet

CONTENT_TYPE = "text/csv; charset=utf-8"
BOM = "\ufeff"  # without it Excel takes UTF-8 for something else
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # the wide ones count where they are typed
ROWS = 200  # sent at once


class _Echo:
    """csv wants a file; this one hands each line back."""

    def write(self, line: str) -> str:
        return line


def write(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """The bytes of one file. Of several tables each has its name above it and an empty line behind the last."""
    writer = csv.writer(_Echo())
    lines = [BOM]
    for n, sheet in enumerate(sheets):
        if n:
            lines.append("\r\n")
        if n or (isinstance(sheets, list | tuple) and len(sheets) > 1):
            lines.append(writer.writerow([plain(sheet.name)]))
        lines.append(writer.writerow(map(plain, sheet.header)))
        for row in sheet.rows:
            lines.append(writer.writerow(map(plain, row)))
            if len(lines) >= ROWS:
                yield "".join(lines).encode()
                lines.clear()
    yield "".join(lines).encode()


def plain(cell: Cell) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" \xa0").startswith(DANGEROUS) else cell
    return cell.isoformat(" ", "minutes") if isinstance(cell, datetime) else cell
