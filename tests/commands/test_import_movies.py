import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cinema.models import Movie

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str, name: str = "films.csv") -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_movies", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_it_prints_added_existing_and_skipped_films_with_reasons(table):
    path = table("Title,Runtime,Rating,Box office\nUp,96,8.3,1\nLost,,,2\nCoco,105,99,3\n")
    assert run(path).splitlines() == [
        f"{path}: films added: 2, already there: 0, rows skipped: 1, to check: 1",
        "Columns used: title = Title, runtime = Runtime, rating = Rating",
        "Columns not used: Box office",
        "Encoding: UTF-8",
        "Skipped:",
        "       1  no runtime",
        "  row 3, “Lost”: no runtime",
        "To check: left empty, or not read for certain:",
        "       1  rating is not between 0 and 10",
        "  row 4, “Coco”: rating is not between 0 and 10 (99)",
    ]
    assert f"{path}: films added: 0, already there: 2" in run(path)


def test_several_files_are_imported_one_after_the_other(table):
    out = run(table("Title,Runtime\nUp,96\n"), table('{"title": "Up", "runtime": 96}', "more.json"))
    assert "films.csv: films added: 1" in out
    assert "more.json: films added: 0, already there: 1" in out


def test_a_progress_bar_is_shown_even_where_there_is_no_terminal(table, capfd):
    run(table("Title,Runtime\nUp,96\n"))
    bar = capfd.readouterr().err
    assert "Reading: 100%" in bar
    assert "Saving: 100%" in bar


def test_a_long_list_is_cut_and_the_report_file_has_all_of_it(table, tmp_path):
    path, report = table("Title,Runtime\n" + "Lost,\n" * 60 + "Up,0\n"), tmp_path / "report.csv"
    out = run(path, "--report", report)
    assert "  row 51, “Lost”: no runtime\n  and 11 more; use --report FILE.csv to list them all\n" in out
    rows = list(csv.reader(report.open(encoding="utf-8-sig", newline="")))
    assert len(rows) == 62
    assert rows[0] == ["file", "row", "title", "what", "reason", "value"]
    assert rows[-1] == [str(path), "62", "Up", "skipped", "no runtime", "0"]


@pytest.mark.parametrize("said", ["runtime=Length in reels", "Running-Time=length IN reels"])
def test_a_column_can_be_named(table, said):
    run(table("Film,Length in reels\nUp,96\n"), "--column", said)
    assert Movie.objects.get().runtime == 96


def test_several_columns_can_be_named(table):
    run(table("A,B,C\nUp,96,Drama\n"), "--column", "title=A", "--column", "runtime=B", "--column", "genre=C")
    assert Movie.objects.get().genres.get().name == "Drama"


@pytest.mark.parametrize("said", ["runtime", "runtime=", "length of it=B", "=B"])
def test_a_column_that_is_named_wrongly_is_explained(table, said):
    with pytest.raises(CommandError, match='write FIELD="column header", where FIELD is one of'):
        run(table("A,B\nUp,96\n"), "--column", said)


def test_a_table_without_a_title_column_explains_how_to_name_one(table):
    with pytest.raises(CommandError) as refused:
        run(table("A,B\nUp,96\n"))
    assert "No column was recognised as the title. The columns are: A, B. Name it with --column title=" in str(
        refused.value
    )


def test_a_named_column_that_does_not_exist_is_an_error(table):
    with pytest.raises(CommandError, match=r"There is no column “Lenght”\. The columns are: Title, Length"):
        run(table("Title,Length\nUp,96\n"), "--column", "runtime=Lenght")


@pytest.mark.parametrize("content, reason", [("", "the file is empty"), ('[{"title"', "this is not valid JSON")])
def test_what_is_no_table_is_an_error_in_a_sentence(table, content, reason):
    with pytest.raises(CommandError, match=reason):
        run(table(content))


def test_a_missing_file_is_an_error_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"missing\.csv: No such file or directory"):
        run(tmp_path / "missing.csv")


def test_the_encoding_can_be_named(tmp_path):
    path = tmp_path / "films.csv"
    path.write_bytes("Title,Runtime\nСталкер,162\n".encode("koi8-r"))
    run(path, "--encoding", "koi8-r")
    assert Movie.objects.get().title == "Сталкер"


def test_the_detected_encoding_is_shown(tmp_path):
    path = tmp_path / "films.csv"
    path.write_bytes("Название;Длительность\nЗеркало;107\nСолярис;167\nАндрей Рублёв;205\n".encode("cp1251"))
    out = run(path)
    assert "Columns used: title = Название, runtime = Длительность" in out
    assert "Encoding: Cyrillic (Windows-1251)" in out
    assert Movie.objects.filter(title="Андрей Рублёв").exists()


def test_the_format_of_dates_is_shown_and_can_be_chosen(table):
    content = "Title,Runtime,Released\nUp,96,5/12/2009\n"
    assert "Dates such as 5/12/2009 are read with the month first." in run(table(content))
    run(table(content.replace("Up", "Coco")), "--dates", "day")
    assert sorted(str(movie.release_date) for movie in Movie.objects.all()) == ["2009-05-12", "2009-12-05"]


def test_a_title_that_a_spreadsheet_would_run_is_harmless_in_the_report(table, tmp_path):
    report = tmp_path / "report.csv"
    run(table("Title,Runtime\n=1+1,\n"), "--report", report)
    assert "'=1+1" in report.read_text(encoding="utf-8-sig")


def test_a_report_that_cannot_be_written_is_an_error_but_the_films_are_there(table, tmp_path):
    with pytest.raises(CommandError, match="The films were imported, though"):
        run(table("Title,Runtime\nUp,96\n"), "--report", tmp_path / "no such folder" / "report.csv")
    assert Movie.objects.count() == 1
