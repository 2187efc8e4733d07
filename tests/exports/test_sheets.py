"""CSV and XLSX exports: their content as read by other programs, and bounded memory."""

import csv as reader
import io
import tempfile
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import override
from openpyxl.utils.escape import unescape
from xlsxwriter import Workbook

from cinema.exports import Sheet, csv, xlsx
from cinema.exports.dialects import DIALECTS

ROW = ["Amélie", 3, Decimal("250.50"), date(2026, 11, 27), datetime(2026, 11, 27, 18, 30), time(9, 5), None, 39.5]
HEADER = ["text", "number", "money", "day", "moment", "clock", "nothing", "part"]


def as_csv(*sheets: Sheet) -> list[list[str]]:
    text = b"".join(csv.write(list(sheets))).decode("utf-8-sig")
    return list(reader.reader(io.StringIO(text)))


def as_workbook(*sheets: Sheet) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(b"".join(xlsx.write(list(sheets)))))


def test_csv_begins_with_a_byte_order_mark_and_a_header():
    assert b"".join(csv.write([Sheet("a", ["x"], [])])).startswith(b"\xef\xbb\xbf")
    assert as_csv(Sheet("a", HEADER, [ROW])) == [
        HEADER,
        ["Amélie", "3", "250.50", "2026-11-27", "2026-11-27 18:30", "09:05:00", "", "39.5"],
    ]


SIGNED = [Decimal("-2.50"), -1.5, 12]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Amélie,3,250.50,2026-11-27,2026-11-27 18:30,09:05:00,,39.5\n-2.50,-1.5,12"),
        ("en-us", "Amélie,3,250.50,11/27/2026,11/27/2026 18:30,09:05:00,,39.5\n-2.50,-1.5,12"),
        ("de", "Amélie;3;250,50;27.11.2026;27.11.2026 18:30;09:05:00;;39,5\n-2,50;-1,5;12"),
        ("fr", "Amélie;3;250,50;27/11/2026;27/11/2026 18:30;09:05:00;;39,5\n-2,50;-1,5;12"),
        ("es", "Amélie;3;250,50;27/11/2026;27/11/2026 18:30;09:05:00;;39,5\n-2,50;-1,5;12"),
        ("hi", "Amélie,3,250.50,27/11/2026,27/11/2026 18:30,09:05:00,,39.5\n-2.50,-1.5,12"),
        ("ne", "Amélie,3,250.50,2026-11-27,2026-11-27 18:30,09:05:00,,39.5\n-2.50,-1.5,12"),
        ("ar", "Amélie,3,250.50,27/11/2026,27/11/2026 18:30,09:05:00,,39.5\n-2.50,-1.5,12"),
    ],
)
def test_a_csv_for_spreadsheets_is_in_the_dialect_of_the_language(language, written):
    with override(language):
        dialect = DIALECTS["spreadsheet"]()
    lines = b"".join(csv.write([Sheet("a", ["x"], [ROW, SIGNED])], dialect)).decode("utf-8-sig")
    assert lines == "x\r\n" + written.replace("\n", "\r\n") + "\r\n"


def test_a_formula_is_escaped_in_every_dialect_and_its_separator_quoted():
    with override("de"):
        dialect = DIALECTS["spreadsheet"]()
    text = b"".join(csv.write([Sheet("a", ["=1+1"], [["-2,50", "a;=1+1", "x,y"]])], dialect)).decode("utf-8-sig")
    assert text == "'=1+1\r\n'-2,50;\"a;=1+1\";x,y\r\n"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")', " =1", "\xa0+1", "\n=1", "＝1", "－1"],
)
def test_a_text_that_would_be_a_formula_is_escaped(text):
    assert as_csv(Sheet("a", [text], [[text]])) == [[f"'{text}"]] * 2


def test_numbers_stay_numbers_even_below_zero():
    assert as_csv(Sheet("a", ["n"], [[-5, Decimal("-2.50"), -1.5]]))[1] == ["-5", "-2.50", "-1.5"]


def test_texts_with_quotes_commas_and_lines_are_read_back_unchanged():
    texts = ['He said "no"', "a,b", "one\ntwo", "日本"]
    assert as_csv(Sheet("a", ["a", "b", "c", "d"], [texts]))[1] == texts


def test_several_tables_in_one_csv_are_below_their_names():
    rows = as_csv(Sheet("First", ["a"], [[1]]), Sheet("=Second", ["b"], [[2]]))
    assert rows == [["First"], ["a"], ["1"], [], ["'=Second"], ["b"], ["2"]]


def test_a_workbook_has_numbers_as_numbers_and_days_as_days():
    [sheet] = as_workbook(Sheet("Films", HEADER, [ROW])).worksheets
    header, row = sheet.iter_rows(values_only=True)
    assert (sheet.title, list(header)) == ("Films", HEADER)
    assert row[:3] == ("Amélie", 3, 250.5)
    assert (row[3].date(), row[4], row[5]) == (date(2026, 11, 27), datetime(2026, 11, 27, 18, 30), time(9, 5))
    assert row[6:] == (None, 39.5)


def test_a_text_in_a_workbook_is_never_a_formula():
    [sheet] = as_workbook(Sheet("a", ["x"], [["=1+1"]])).worksheets
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_characters_that_xml_forbids_are_removed_from_a_workbook():
    [sheet] = as_workbook(Sheet("a[b]:*?/\\" + "c" * 40, ["<&>\x00"], [["\x0b</t>\ud800&amp;"]])).worksheets
    assert (sheet["A1"].value, sheet["A2"].value) == ("<&>", "</t>&amp;")
    assert len(sheet.title) == 31


def test_tables_of_a_workbook_are_sheets_with_headers():
    book = as_workbook(Sheet("One", ["a"], []), Sheet("Two", ["b"], [[2]]))
    assert book.sheetnames == ["One", "Two"]
    assert [list(sheet.iter_rows(values_only=True)) for sheet in book] == [[("a",)], [("b",), (2,)]]


def test_rows_beyond_the_limit_of_a_sheet_go_into_another(monkeypatch):
    monkeypatch.setattr(xlsx, "MOST_ROWS", 2)
    book = as_workbook(Sheet("Sales", ["n"], [[n] for n in range(5)]))
    assert book.sheetnames == ["Sales", "Sales 2", "Sales 3"]
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book] == [
        ["n", 0, 1],
        ["n", 2, 3],
        ["n", 4],
    ]


def test_a_value_that_no_cell_can_hold_is_an_error():
    with pytest.raises(TypeError, match="No cell can hold"):
        b"".join(xlsx.write([Sheet("a", ["x"], [[object()]])]))


def test_a_text_in_a_workbook_is_never_markup():
    text = '<r><t>x</t></r></is></c><c r="B2"><f>1+1</f></c><c r="C2" t="inlineStr"><is><r><t>x</t></r>'
    [sheet] = as_workbook(Sheet("a", ["x"], [[text]])).worksheets
    assert [cell.value for cell in sheet[2]] == [text]


@pytest.mark.parametrize("text", ["", " x ", "a\n b\n", "_x0041_ _x005F_ _xyz_", "]]>", "日本 🎬", "'\"&amp;"])
def test_a_text_is_read_back_from_a_workbook_unchanged(text):
    [sheet] = as_workbook(Sheet("a", ["x", "y"], [[text, "end"]])).worksheets
    assert [unescape(cell.value) for cell in sheet[2]] == [text, "end"]


@pytest.mark.parametrize(
    "cell",
    [
        date(2000, 2, 29),
        datetime(2099, 12, 31, 23, 59, 59),
        time(0),
        time(23, 59, 59),
        10**15,
        -0.125,
        Decimal("-0.01"),
    ],
)
def test_a_number_or_time_is_read_back_from_a_workbook_unchanged(cell):
    [sheet] = as_workbook(Sheet("a", ["x"], [[cell]])).worksheets
    read = sheet["A2"].value
    assert (read.date() if type(cell) is date else type(cell)(str(read)) if isinstance(cell, Decimal) else read) == cell


def test_a_moment_with_a_time_zone_is_an_error():
    with pytest.raises(TypeError, match="time zone"):
        b"".join(xlsx.write([Sheet("a", ["x"], [[datetime(2026, 11, 29, tzinfo=UTC)]])]))


def test_columns_of_a_workbook_are_as_wide_as_their_texts_with_limits():
    [sheet] = as_workbook(Sheet("a", ["n", "film", "notes"], [[1, "Portrait of a Lady on Fire", "x" * 900]])).worksheets
    widths = [sheet.column_dimensions[column].width for column in "ABC"]
    assert widths[0] < 10 < 26 < widths[1] < 30 < 50 <= widths[2] < 52


def test_a_row_of_a_workbook_can_be_shorter_or_longer_than_its_header():
    [sheet] = as_workbook(Sheet("a", ["x", "y"], [[1], [1, 2, 3]])).worksheets
    assert list(sheet.iter_rows(values_only=True)) == [("x", "y", None), (1, None, None), (1, 2, 3)]


def test_the_header_of_a_workbook_is_frozen():
    [sheet] = as_workbook(Sheet("a", ["x"], [[1]])).worksheets
    assert (sheet.freeze_panes, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("A2", True, False)


@pytest.mark.parametrize("writer", [csv, xlsx])
def test_a_large_table_is_never_in_memory_as_a_whole(writer):
    def rows() -> Iterator[list]:
        for n in range(8_000):
            yield [f"Somebody {n}", n, Decimal(n), date(2026, 1, 1), "x" * 1000]

    tracemalloc.start()
    size = sum(map(len, writer.write([Sheet("a", ["a", "b", "c", "d", "e"], rows())])))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 50_000
    assert peak < 1_500_000


@pytest.mark.parametrize("writer", [csv, xlsx])
def test_an_export_yields_before_its_last_row_is_read(writer):
    read = []

    def rows() -> Iterator[list]:
        for n in range(60_000):
            read.append(n)
            yield [n, str(hash(n * 7919))]

    next(writer.write([Sheet("a", ["n", "x"], rows())]))
    assert len(read) < 1000


@pytest.fixture
def folder(monkeypatch, tmp_path) -> Path:
    """The folder of all temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_workbook_leaves_no_temporary_files(folder):
    pieces = xlsx.write([Sheet("a", ["n"], [[1]])])
    next(pieces)
    assert list(folder.iterdir())
    assert b"".join(pieces)
    assert not list(folder.iterdir())


@pytest.mark.filterwarnings("error")
def test_a_cancelled_workbook_leaves_no_temporary_files(folder):
    pieces = xlsx.write([Sheet("a", ["n"], ([n] for n in range(100_000)))])
    next(pieces)
    pieces.close()
    assert not list(folder.iterdir())


def test_xlsxwriter_still_has_the_private_parts_that_rows_are_written_through(tmp_path):
    """They are not of its public interface, so an upgrade may change them."""
    advice = (
        "XlsxWriter has changed inside: look at what cinema/exports/xlsx.py uses of it before you take this version."
    )
    with Workbook(tmp_path / "book.xlsx", {"constant_memory": True, "tmpdir": str(tmp_path)}) as book:
        page, style = book.add_worksheet(), book.add_format({"bold": True})
        private = {page: ["row_data_fh", "_write_single_row", "_check_dimensions"], style: ["_get_xf_index"]}
        assert not [name for each, names in private.items() for name in names if not hasattr(each, name)], advice

        page.write_string(0, 0, "head")
        page._write_single_row(1)
        before = page.row_data_fh.tell()
        page.row_data_fh.write('<row r="2"/>')
        page._check_dimensions(1, 3)

        assert before > 0, advice  # the head is in the file: what is written now stands below it
        assert (page.dim_rowmax, page.dim_colmax) == (1, 3), advice
        assert style._get_xf_index() == 1, advice
