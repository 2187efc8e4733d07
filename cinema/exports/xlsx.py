"""Office Open XML workbooks (XLSX), streamed.

The libraries that write these either keep the whole sheet in memory or need a file on disk before the first byte is
sent. A workbook is a ZIP of a few small XML files and one large one for each sheet, which can be compressed and sent
while its rows come in. Texts are inline strings, which no spreadsheet takes for a formula.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from html import escape

from cinema.exports import Cell, Sheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_000_000  # of a sheet; programs read 1,048,576. The rest goes on in another
CHUNK = 1 << 16
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EPOCH = datetime(1899, 12, 30)
TEXT_LIMIT = 32_767  # characters of a cell

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# The numbers of the formats below, as cells name them.
PLAIN, BOLD, MONEY, DAY, MOMENT, CLOCK = range(6)
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="6">'
    '<xf/><xf fontId="1" applyFont="1"/><xf numFmtId="4" applyNumberFormat="1"/>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
    '<xf numFmtId="20" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


class _Pipe:
    """A file that cannot be wound back: what is written is taken out and sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self.parts)
        self.parts.clear()
        self.size = 0
        return data


def write(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """The bytes of one workbook."""
    pipe, names = _Pipe(), []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for sheet in sheets:
            rows, part = iter(sheet.rows), 1
            first = next(rows, None)
            while first is not None or part == 1:
                names.append(sheet.name if part == 1 else f"{sheet.name} {part}")
                with archive.open(f"xl/worksheets/sheet{len(names)}.xml", "w") as file:
                    for text in _sheet(sheet.header, first, rows):
                        file.write(text.encode())
                        if pipe.size >= CHUNK:
                            yield pipe.take()
                first, part = next(rows, None), part + 1
        for path, text in _frame(names):
            archive.writestr(path, text)
    yield pipe.take()


def _sheet(header: Sequence[str], first: Sequence[Cell] | None, rows: Iterator[Sequence[Cell]]) -> Iterator[str]:
    widths = "".join(f'<col min="{n}" max="{n}" width="18" customWidth="1"/>' for n in range(1, len(header) + 1))
    yield (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData><row>"
    )
    yield "".join(_text(name, BOLD) for name in header) + "</row>"
    if first is not None:
        yield _row(first)
        for _, row in zip(range(MOST_ROWS - 1), rows, strict=False):
            yield _row(row)
    yield "</sheetData></worksheet>"


def _row(row: Sequence[Cell]) -> str:
    return f"<row>{''.join(map(_cell, row))}</row>"


def _cell(cell: Cell) -> str:
    match cell:
        case str():
            return _text(cell)
        case None:
            return "<c/>"
        case bool() | int() | float():
            return f"<c><v>{+cell}</v></c>"
        case Decimal():
            return f'<c s="{MONEY}"><v>{cell}</v></c>'
        case datetime():
            return f'<c s="{MOMENT}"><v>{_days(cell)}</v></c>'
        case date():
            return f'<c s="{DAY}"><v>{_days(datetime.combine(cell, time()))}</v></c>'
        case time():
            return f'<c s="{CLOCK}"><v>{(cell.hour * 60 + cell.minute) / 1440:.10f}</v></c>'
    raise TypeError(f"No cell can hold {cell!r}.")


def _text(content: str, style: int = PLAIN) -> str:
    content = escape(NOT_IN_XML.sub("", content)[:TEXT_LIMIT], quote=False)
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{content}</t></is></c>'


def _days(moment: datetime) -> str:
    return f"{(moment - EPOCH).total_seconds() / 86_400:.10f}".rstrip("0").rstrip(".")


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What holds the sheets together."""
    numbers = range(1, len(names) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n in numbers
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    tabs = "".join(
        f'<sheet name="{escape(_tab(name))}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{tabs}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}'
        f'<Relationship Id="rId{len(names) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", STYLES
    yield (
        "_rels/.rels",
        f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    yield (
        "[Content_Types].xml",
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{kinds}</Types>',
    )


def _tab(name: str) -> str:
    """A sheet's name: 31 characters, none of those that programs use themselves."""
    return re.sub(r"[\[\]:*?/\\]", " ", NOT_IN_XML.sub("", name))[:31].strip("'") or "Sheet"
