import json
import tracemalloc
from contextlib import nullcontext
from itertools import islice

import pytest

from cinema.exceptions import TableUnreadable
from cinema.film_tables.tables import open_table


@pytest.fixture
def table(tmp_path):
    def write_and_open(content: str | bytes, encoding: str = ""):
        path = tmp_path / "films.table"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(path, encoding)

    return write_and_open


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(table, mark):
    found = table(f"Title{mark}Genres, all\n".replace("Genres, all", '"Genres, all"') + f"Up{mark}Drama\n")
    assert found.columns == ["Title", "Genres, all"]
    assert [row.cells for row in found] == [{"Title": "Up", "Genres, all": "Drama"}]


def test_excels_first_line_declares_the_delimiter(table):
    found = table("sep=;\r\nTitle;Runtime\r\nUp;96\r\n")
    assert [(row.number, row.cells) for row in found] == [(3, {"Title": "Up", "Runtime": "96"})]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"]
)
def test_the_encoding_and_the_line_ends_are_detected(table, encoding, ends):
    rows = list(table(f"Title,Runtime{ends}Amélie,122{ends}".encode(encoding)))
    assert rows == [(2, {"Title": "Amélie", "Runtime": "122"}, "")]


def test_a_table_pasted_together_from_two_encodings_is_read_as_both(table):
    content = b"Title\n" + "Amélie “x”\n".encode() + "Amélie “x”\n".encode("cp1252")
    assert [row.cells["Title"] for row in table(content)] == ["Amélie “x”"] * 2


def test_a_chosen_encoding_must_fit(table):
    assert next(iter(table("Title\nкино\n".encode("cp1251"), "cp1251"))).cells == {"Title": "кино"}
    with pytest.raises(TableUnreadable, match="cannot be read in that encoding"):
        table("Title\nкино\n".encode("cp1251"), "utf-8")
    with pytest.raises(TableUnreadable, match="cannot be read in that encoding"):
        list(table(b"Title\n" + b"kino\n" * 100_000 + "кино\n".encode("cp1251"), "utf-8"))
    with pytest.raises(TableUnreadable, match="unknown encoding"):
        table("Title\n", "klingon")


def test_rows_are_numbered_as_in_a_spreadsheet(table):
    found = table('Title,Plot\n\nUp,"two\nlines"\n,,\nCoco,\n')
    assert [(row.number, row.cells["Title"]) for row in found] == [(3, "Up"), (5, "Coco")]


def test_columns_with_equal_names_are_numbered(table):
    assert table("Title,Title,Title\n").columns == ["Title", "Title (2)", "Title (3)"]


def test_missing_last_cells_are_empty_and_an_extra_cell_is_a_fault(table):
    rows = list(table("Title,Runtime,Genre\nUp\nUp,96,Drama,\nUp,96,Drama,x\n"))
    assert [(row.cells.get("Runtime"), row.fault) for row in rows] == [
        (None, ""),
        ("96", ""),
        ("96", "more cells than columns"),
    ]


def test_a_quotation_mark_that_is_never_closed_is_reported(table):
    rows = list(table('Title,Runtime\nUp,96\n"Coco,105\n' + "Heat,170\n" * 1000))
    assert [(row.number, row.fault) for row in rows] == [(2, ""), (3, "a quotation mark is never closed")]


def test_quotation_marks_in_a_database_dump_are_ordinary_characters(table):
    found = table('tconst\tprimaryTitle\tendYear\ntt1\t"Weird Al\t\\N\ntt2\tUp\t\\N\n')
    assert [row.cells["primaryTitle"] for row in found] == ['"Weird Al', "Up"]


def test_null_bytes_are_harmless_and_a_too_long_cell_is_a_fault(table):
    rows = list(table("Title,Plot\nU\0p," + "x" * 100_000 + "\nCoco," + "x" * 100_001 + "\n"))
    assert [(len(row.cells["Plot"]), row.fault) for row in rows] == [
        (100_000, ""),
        (100_001, "a cell is longer than 100,000 characters"),
    ]


def test_a_long_line_of_json_stays_utf_8_when_it_is_read_in_pieces(table):
    for start in range(3):
        films = [{"title": "é" * 100, "x": "a" * start}, *({"title": f"Ēxtrā 映画 {n}"} for n in range(10_000))]
        found = table(json.dumps(films, ensure_ascii=False))
        assert found.encoding.name == "utf-8-sig"
        assert [row.cells["title"] for row in found] == [film["title"] for film in films]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "content, reason",
    [
        ("a," * 150 + "\n" + "b," * 150, ""),
        (",".join(f"c{n}" for n in range(301)), "more than 300 columns"),
        (",".join(map(str, range(200_000))), "line 1 is longer than 1,000,000 characters"),
        ("," * 10_000_000, "line 1 is longer than"),
        ("Title\n" + "," * 10_000_000, "line 2 is longer than"),
        ("[" + "{}," * 3_000_000 + "{}]", "more than 300,000 lists and objects"),
        ("[" + "1," * 1_000_000 + "1]", ""),
        ("{}\n" + "1\n" * 1_000_000, ""),
        ('Title\n"' + "x\n" * 4_000_000, "no row ends after line 1; perhaps a quotation mark"),
        ("Title\n" + "\n" * 9_000_000, "no row ends after line 1"),
        (json.dumps({f"c{n}": 1 for n in range(1000)}), "more than 300 columns"),
    ],
    ids=lambda what: what[:12],
)
def test_a_malicious_table_is_refused_quickly_and_with_little_memory(tmp_path, content, reason):
    path = tmp_path / "bomb"
    path.write_text(content)
    del content
    tracemalloc.start()
    with pytest.raises(TableUnreadable, match=reason) if reason else nullcontext():
        for _row in islice(open_table(path, most_rows=5_000), 5_001):
            pass
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100 * 1024 * 1024


FILMS = [{"title": "Up", "runtime": 96}, {"title": "Coco", "year": 2017}]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(FILMS),
        json.dumps({"page": 1, "results": FILMS, "dates": ["2009-05-29"]}),
        json.dumps({"movies": FILMS}),
        "\n".join(map(json.dumps, FILMS)),
        "\ufeff" + json.dumps(FILMS),
    ],
)
def test_json_is_a_list_an_object_with_a_list_or_json_lines(table, content):
    found = table(content)
    assert found.columns == ["title", "runtime", "year"]
    assert list(found) == [(1, FILMS[0], ""), (2, FILMS[1], "")]


def test_a_single_json_object_is_a_table_of_one_film(table):
    film = {"title": "Up", "runtime": 96, "genres": [{"name": "Drama"}, {"name": "Family"}]}
    assert [row.cells for row in table(json.dumps(film))] == [film]


def test_an_item_that_is_no_object_is_reported_with_its_number(table):
    assert [(row.number, row.fault) for row in table('[{"title": "Up"}, null, "Up"]')] == [
        (1, ""),
        (2, "not an object"),
        (3, "not an object"),
    ]
    lines = table('{"title": "Up"}\n\n{"title": \n')
    assert [(row.number, row.fault) for row in lines] == [(1, ""), (3, "not valid JSON")]


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (b",,\n", "the file is empty"),
        (b'[{"title": "Up"', "this is not valid JSON"),
        (b"[" * 100_000, "nested too deeply|not valid JSON"),
        (b"PK\x03\x04", "this is XLSX/ZIP, not text; save the table as CSV first"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_a_sentence(table, content, reason):
    with pytest.raises(TableUnreadable, match=reason):
        table(content)


def test_a_missing_file_and_a_folder_are_refused_with_a_sentence(tmp_path):
    with pytest.raises(TableUnreadable, match="No such file"):
        open_table(tmp_path / "missing.csv")
    with pytest.raises(TableUnreadable, match="Is a directory"):
        open_table(tmp_path)
