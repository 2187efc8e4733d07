import pytest

from cinema.exceptions import ColumnMissing
from cinema.film_tables.columns import assign, grouped, reassign
from cinema.film_tables.vocabulary import fields, headers, key, words


def the_columns(*headers: str) -> dict:
    return grouped(assign(headers))


@pytest.mark.parametrize(
    "header",
    [
        "Runtime",
        "RUNTIME (MINUTES)",
        "running-time",
        "Running Time (min)",
        "duration_mins",
        "runtimeMinutes",
        "Laufzeit",
    ],
)
def test_headers_are_matched_ignoring_case_punctuation_and_unit(header):
    assert the_columns("Title", header)["runtime"] == [[header]]


@pytest.mark.parametrize(
    "title, runtime",
    [
        ("Titel", "Laufzeit in Minuten"),
        ("Titre du film", "Durée"),
        ("Título", "Duración (min)"),
        ("Titolo", "Durata"),
        ("Título do filme", "Duração"),
        ("Filmtitel", "Speelduur"),
        ("title_sv", "Speltid"),
        ("Tytuł", "Czas trwania"),
        ("Название", "Длительность"),
        ("शीर्षक", "अवधि"),
        ("चलचित्र", "समयावधि"),
        ("العنوان", "المدة"),
        ("タイトル", "上映時間"),
        ("片名", "片长"),
    ],
)
def test_headers_are_known_in_many_languages(title, runtime):
    assert the_columns("Id", title, runtime) == {"title": [[title]], "runtime": [[runtime]]}


def test_all_columns_of_a_german_table_are_known():
    table = ["Titel", "Originaltitel", "Land", "Jahr", "Laufzeit", "FSK", "Verleih", "Regie", "Kinostart", "Sprache"]
    assert assign(table) == {
        "Titel": "title",
        "Originaltitel": "original_title",
        "Jahr": "year",
        "Laufzeit": "runtime",
        "FSK": "certificate",
        "Verleih": "distributor",
        "Regie": "director",
        "Kinostart": "release_date",
        "Sprache": "languages",
    }


def test_text_in_brackets_is_not_part_of_a_header():
    assert assign(["Release Date (month/day/year)", "Genre(s)", "Title [EN]"]) == {
        "Release Date (month/day/year)": "release_date",
        "Genre(s)": "genres",
        "Title [EN]": "title",
    }


def test_the_better_header_counts_and_numbered_columns_are_combined():
    columns = the_columns("Name", "Title", "Star1", "Star2", "Duration", "Runtime")
    assert columns["title"] == [["Title"], ["Name"]]
    assert columns["cast"] == [["Star1", "Star2"]]
    assert columns["runtime"] == [["Runtime"], ["Duration"]]


def test_without_a_title_the_original_title_is_used():
    assert the_columns("Original Title", "Runtime")["title"] == [["Original Title"]]


def test_a_named_column_is_the_only_one_of_its_field():
    columns = ["Title", "Length", "Rating"]
    assert reassign(assign(columns), {"runtime": "rating"}, columns) == {"Title": "title", "Rating": "runtime"}
    with pytest.raises(ColumnMissing, match=r"There is no column “Reels”\. The columns are: Title, Length, Rating"):
        reassign({}, {"runtime": "Reels"}, columns)


def test_chosen_columns_count_before_those_with_known_headers():
    assert grouped({"Title": "title", "A": "title", "B": "title"})["title"] == [["A", "B"], ["Title"]]


@pytest.mark.parametrize("section", ["films", "schedule"])
def test_no_header_stands_for_two_fields(section):
    seen: dict[str, str] = {}
    from cinema.film_tables import vocabulary

    for field, languages in vocabulary._read()[section].items():
        for word in vocabulary._split(languages):
            assert seen.setdefault(key(word), field) == field, word
    assert len(seen) == len(headers(section))


def test_no_word_stands_for_two_units_of_time():
    units = words("units")
    assert all(not units[one] & units[other] for one in units for other in units if one < other)


@pytest.mark.parametrize("section", ["films", "schedule"])
def test_every_field_is_a_known_header_of_itself(section):
    assert all(headers(section)[key(field)][0] == field for field in fields(section))
