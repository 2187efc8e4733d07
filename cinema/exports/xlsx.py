"""Excel workbooks (XLSX), written by XlsxWriter into a temporary file and sent when that is complete."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain, islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from cinema.exports import Cell, Sheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {Decimal: "#,##0.00", date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm", time: "hh:mm"}
MOST_ROWS = 1_000_000  # of one sheet; the rest goes into another (Excel's limit is 1,048,576)
BATCH = 200  # rows between two empty pieces
CHUNK = 1 << 16  # bytes sent at a time
NARROWEST, WIDEST = 8, 50  # columns, in characters
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """Yield the bytes of one workbook, after an empty piece for each batch of rows, so that it can be cancelled."""
    with TemporaryDirectory(prefix="cinema-export-") as folder:
        path = Path(folder, "workbook.xlsx")
        book = Workbook(path, {"constant_memory": True, "tmpdir": folder})
        try:
            for sheet in sheets:
                yield from _write_sheet(book, sheet)
            book.close()
        finally:
            for page in book.worksheets():
                page.row_data_fh.close()
        with path.open("rb") as file:
            yield from iter(lambda: file.read(CHUNK), b"")


def _write_sheet(book: Workbook, sheet: Sheet) -> Iterator[bytes]:
    formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
    rows = iter(sheet.rows)
    sample = list(islice(rows, BATCH))
    widths = [max(map(len, map(str, column))) for column in zip_longest(sheet.header, *sample, fillvalue="")]
    page = _add_page(book, sheet, widths)
    for n, row in enumerate(chain(sample, rows)):
        if n and n % MOST_ROWS == 0:
            page = _add_page(book, sheet, widths, part=n // MOST_ROWS + 1)
        for column, cell in enumerate(row):
            _write_cell(page, n % MOST_ROWS + 1, column, cell, formats)
        if n % BATCH == 0:
            yield b""


def _add_page(book: Workbook, sheet: Sheet, widths: Sequence[int], part: int = 1) -> Worksheet:
    page = book.add_worksheet(_tab(sheet.name, part))
    page.freeze_panes(1, 0)
    bold = book.add_format({"bold": True})
    for column, width in enumerate(widths):
        page.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST))
    for column, name in enumerate(sheet.header):
        page.write_string(0, column, _text(name), bold)
    return page


def _write_cell(page: Worksheet, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    match cell:
        case None:
            pass
        case str():
            page.write_string(row, column, _text(cell))
        case int() | float() | Decimal():
            page.write_number(row, column, cell, formats.get(type(cell)))
        case date() | time():
            page.write_datetime(row, column, cell, formats[type(cell)])
        case _:
            raise TypeError(f"No cell can hold {cell!r}.")


def _text(content: str) -> str:
    """Remove characters that XML forbids. “<r>…</r>” gets a space, because XlsxWriter would write it as markup."""
    content = NOT_IN_XML.sub("", content)
    return f"{content} " if content.endswith("</r>") else content


def _tab(name: str, part: int) -> str:
    """A valid name for a sheet: at most 31 UTF-16 units, without the characters that Excel forbids."""
    end = f" {part}" if part > 1 else ""
    units = re.sub(r"[\[\]:*?/\\]", " ", NOT_IN_XML.sub("", name)).encode("utf-16-le")[: 62 - 2 * len(end)]
    return units.decode("utf-16-le", "ignore").strip("'") + end
