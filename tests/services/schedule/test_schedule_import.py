"""A schedule from a CSV file, row by row."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override

from cinema.domain.clock import read_time, split_times
from cinema.domain.periods import Period
from cinema.exceptions import FilmTwice, Overlap, ScheduleUnreadable, SharesTooLarge
from cinema.exports import csv
from cinema.exports.dialects import of_language
from cinema.models import FurtherFilm, Movie, Show, ShowLabel
from cinema.selectors.figures.exports import show_sheet
from cinema.services.schedule.plan_rows import check_rows
from cinema.services.schedule.planning import plan_rows
from cinema.services.schedule.schedule_import import decode_schedule, import_rows
from tests.factories import LanguageFactory, MovieFactory, ScreenFactory, ShowFactory, TheatreFactory, price_card

pytestmark = pytest.mark.django_db
HEAD = "date,time,screen,film\n"


@pytest.fixture
def theatre():
    theatre = TheatreFactory()
    ScreenFactory(theatre=theatre, name="One")
    price_card(theatre, "Standard")
    movie = MovieFactory(title="Sholay", slug="sholay-1975", year=1975)
    movie.languages.add(LanguageFactory())
    return theatre


def read(theatre, text, **how):
    rows = import_rows(theatre=theatre, text=text, **how).rows
    check_rows(rows)
    return rows


def test_a_row_becomes_a_draft_with_all_its_values(theatre):
    LanguageFactory(code="en", name="English")
    text = (
        "date,time,screen,film,format,language,subtitles,price card\n2083-01-08,18:00,one,SHOLAY,3d,hi,English,standard"
    )

    (row,) = plan_rows(theatre=theatre, rows=read(theatre, text), user=None, how="import")

    show = Show.objects.get()
    assert (row.number, row.show, show.status) == (2, show, Show.Status.DRAFT)
    assert (show.trading_day, show.format) == (date(2083, 1, 8), "3D")
    assert (show.language.code, show.subtitles.code, show.price_card.name) == ("hi", "en", "Standard")


def test_notes_are_read_in_each_language(theatre):
    head = f"{HEAD.strip()},note_de,Note,Note (Arabic),note_it"
    (row,) = read(theatre, f"{head}\n2083-01-08,18:00,One,Sholay,Auf 35 mm,In 35 mm,-,In pellicola")
    assert row.problem is None
    assert (row.show.label_note, row.show.label_note_translations) == ("In 35 mm", {"de": "Auf 35 mm"})


def test_a_file_with_notes_in_another_language_only_has_no_other_note(theatre):
    (row,) = read(theatre, f"{HEAD.strip()},note_de\n2083-01-08,18:00,One,Sholay,Auf 35 mm")
    assert (row.show.label_note, row.show.label_note_translations) == ("", {"de": "Auf 35 mm"})


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("AD, CC, Q&A", " audio-description closed-captions q-and-a "),
        ("open captions / Flashing lights", " open-captions strobe "),
        ("Dementia-friendly; Audiodeskription; séance relax", " audio-description relaxed dementia-friendly "),
        ("-", ""),
    ],
)
def test_labels_are_words_or_their_usual_letters(theatre, said, labels):
    (row,) = read(theatre, f'{HEAD.strip()},Access,Remark\n2083-01-08,18:00,One,Sholay,"{said}",  In 35 mm ')

    assert (row.problem, row.show.labels, row.show.label_note) == (None, labels, "In 35 mm")


def test_every_label_is_read_as_it_is_exported(theatre):
    names = ", ".join(str(label.label) for label in ShowLabel)
    (row,) = read(theatre, f'{HEAD.strip()},Labels\n2083-01-08,18:00,One,Sholay,"{names}"')

    assert row.show.shown_labels == tuple(ShowLabel)


@pytest.fixture
def further(theatre):
    return [MovieFactory(title=title, year=1985) for title in ("Brazil", "Cabaret", "Diva", "Eraserhead")]


@pytest.mark.parametrize("header", ["further films", "Double bill", "Weitere Filme", "autres films de la séance"])
def test_further_films_make_a_double_bill(theatre, further, header):
    text = f'{HEAD.strip()},{header}\n2083-01-08,18:00,One,Sholay,"Brazil (1985), 15 min, 40%; Cabaret, 0 min, 20%"'

    (row,) = plan_rows(theatre=theatre, rows=read(theatre, text), user=None, how="import")

    show = Show.objects.get(pk=row.show.pk)
    assert show.title == "Sholay + Brazil + Cabaret"
    assert [(each.break_minutes, each.share) for each in show.further] == [(15, 40), (0, 20)]
    assert show.further_minutes == 15 + 120 + 120


@pytest.mark.parametrize(
    ("cell", "break_minutes", "share"),
    [
        ("Brazil, 33,33 %, 15 Minuten", 15, "33.33"),
        ("brazil (1985) , 5 min., 12.5%", 5, "12.5"),
        ("Brazil, 0%", 0, "0"),
        ("ब्राज़ील, १५ मिनट, ४०%", 15, "40"),
        ("Brazil،  20 دقيقة، 40٪", 20, "40"),
        ("Brazil, 10', 100%", 10, "100"),
    ],
)
def test_break_and_share_are_read_as_spreadsheets_write_them(theatre, further, cell, break_minutes, share):
    further[0].original_title = "ब्राज़ील"
    further[0].save(update_fields=["original_title"])

    (row,) = read(theatre, f'{HEAD.strip()},further films\n2083-01-08,18:00,One,Sholay,"{cell}"')

    assert row.show.further == ((further[0], break_minutes, Decimal(share)),)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("Brasil, 15 min, 40%", "“Brasil” is not in the library; write each further film as"),
        ("Brazil, a while, 40%", "“Brazil, a while” is not in the library; write each further film"),
        ("Brazil, 15 min", "the share of “Brazil” is missing, or above 100%; write it after the film, such as 40%."),
        ("Brazil, 101%", "the share of “Brazil” is missing, or above 100%; write it after the film, such as 40%."),
        ("Brazil, 241 min, 40%", "the break before “Brazil” is longer than 240 minutes."),
        ("Brazil,1%;Cabaret,1%;Diva,1%;Eraserhead,1%", "a show has at most four films, so there is no place for “Eras"),
    ],
)
def test_a_further_film_that_is_unclear_is_named_with_its_row(theatre, further, cell, problem):
    bad, good = read(
        theatre,
        f'{HEAD.strip()},further films\n2083-01-08,18:00,One,Sholay,"{cell}"\n2083-01-09,18:00,One,Sholay,-',
    )

    assert str(bad.problem).startswith(f"Row 2: {problem}")
    assert (good.problem, good.show.further) == (None, ())


@pytest.mark.parametrize(
    ("cell", "problem"), [("Brazil, 60%; Cabaret, 41%", SharesTooLarge), ("Brazil, 1%; Brazil, 1%", FilmTwice)]
)
def test_a_double_bill_keeps_the_rules_of_the_form(theatre, further, cell, problem):
    (row,) = read(theatre, f'{HEAD.strip()},further films\n2083-01-08,18:00,One,Sholay,"{cell}"')

    assert isinstance(row.problem, problem)


def test_the_nearest_film_is_offered_for_an_unknown_further_film(theatre, further):
    text = f'{HEAD.strip()},further films\n2083-01-08,18:00,One,Sholay,"Brasil, 15 min, 40%"'
    (row,) = read(theatre, text)

    assert (row.problem.said, row.problem.suggestion) == ("Brasil", further[0])
    (row,) = read(theatre, text, film_choices={"Brasil": further[0].pk})
    assert row.show.title == "Sholay + Brazil"


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_export_of_shows_can_be_imported_again(theatre, further, language):
    sholay, screen = Movie.objects.get(slug="sholay-1975"), theatre.screens.get()
    romeo = MovieFactory(title="Romeo + Juliet", original_language=LanguageFactory())
    romeo.languages.add(LanguageFactory())
    more = (FurtherFilm(further[0], 15, Decimal("33.33")), FurtherFilm(further[1], 0, Decimal(20)))
    start = datetime(2083, 1, 8, 18, tzinfo=theatre.tz)
    shows = [
        ShowFactory(movie=romeo, screen=screen, starts_at=start, labels=" preview ", label_note="In 35 mm"),
        ShowFactory(movie=sholay, further=more, screen=screen, starts_at=start + timedelta(hours=6.5)),
        ShowFactory(movie=romeo, further=more[:1], screen=screen, starts_at=start + timedelta(days=1)),
    ]
    with override(language):
        sheet = show_sheet(theatre, Period(date(2083, 1, 8), date(2083, 1, 9)))
        text = b"".join(csv.write([sheet], of_language())).decode("utf-8-sig")
        plans = [row.plan for row in import_rows(theatre=theatre, text=text).rows]

    def told(show):
        return (show.starts_at, show.movie, show.further, show.screen, show.labels, show.label_note)

    assert list(map(told, plans)) == list(map(told, shows))


@pytest.mark.parametrize(
    ("cells", "why"), [("AD; smell-o-vision,", "“smell-o-vision” is no label"), (f",{'x' * 81}", "longer than 80")]
)
def test_an_unknown_label_or_a_long_note_is_named_with_its_row(theatre, cells, why):
    (row,) = read(theatre, f"{HEAD.strip()},labels,note\n2083-01-08,18:00,One,Sholay,{cells}")

    assert str(row.problem).startswith("Row 2: ")
    assert why in str(row.problem)


@pytest.mark.parametrize("name", ["Sholay", "sholay-1975", "Sholay (1975)"])
def test_a_film_is_named_by_its_title_its_slug_or_its_title_and_year(theatre, name):
    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,One,{name}")

    assert row.show.movie.slug == "sholay-1975"


def test_of_two_films_with_one_title_the_later_is_found_without_a_year(theatre):
    MovieFactory(title="Sholay", slug="sholay-2024", year=2024).languages.add(LanguageFactory())

    later, first = read(theatre, f"{HEAD}2083-01-08,18:00,One,Sholay\n2083-01-09,18:00,One,Sholay (1975)")

    assert (later.show.movie.year, first.show.movie.year) == (2024, 1975)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("soon,18:00,One,Sholay", "Row 2: write the date as 08.12.2026, not “soon”."),
        ("12-08,18:00,One,Sholay", "Row 2: write the date as 08.12.2026, not “12-08”."),
        ("1926-01-08,18:00,One,Sholay", "Row 2: write the date as 08.12.2026, not “1926-01-08”."),
        (",18:00,One,Sholay", "Row 2: the date is missing."),
        ("2083-01-08,25.99,One,Sholay", "Row 2: write the time as 18:30, not “25.99”."),
        ("2083-01-08,18:00,Nine,Sholay", "Row 2: there is no screen “Nine”."),
        ("2083-01-08,18:00,One,<b>", "Row 2: the library has no film “<b>”."),
        ("2083-01-08,18:00,One", "Row 2: the film is missing."),
        ("2020-01-08,18:00,One,Sholay", "This time is in the past."),
        ("2083-01-08", "Row 2: the time is missing."),
    ],
)
def test_an_impossible_row_has_a_reason_and_the_others_are_read(theatre, line, problem):
    bad, good = read(theatre, f"{HEAD}{line}\n2083-01-09,18:00,One,Sholay")

    assert (bad.number, str(bad.problem), bad.show) == (2, problem, None)
    assert good.show


def test_a_film_whose_language_is_unknown_needs_one(theatre):
    MovieFactory(title="Silent")

    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,One,Silent")

    assert str(row.problem) == (
        "Row 2: the film’s language is not known; add it to the film, or write it in a column “language”."
    )


def test_rows_that_overlap_each_other_are_distinguished(theatre):
    first, second = read(theatre, f"{HEAD}2083-01-08,18:00,One,Sholay\n2083-01-08,19:00,One,Sholay")

    assert first.show
    assert isinstance(second.problem, Overlap)


@pytest.mark.parametrize(
    "text",
    [
        "Date;Time;Hall;Title\n08.01.2083;18.00;One;Sholay",
        "\ufeffdate\ttime\tscreen\tmovie\r\n08/01/2083\t18\tOne\tSholay\r\n\r\n",
        'film,screen,time,date\n"Sholay",One,18:00:00,2083-01-08\n,,,',
        ",date,time,room,title\n0,2083-01-08,6:00 PM,One,Sholay",
        "Datum;Uhrzeit;Saal;Titel\nFr 8.1.83;18.00 Uhr;one;sholay",
        "Jour;Heure;Salle;Film\n08/01/2083;18h00;One;Sholay",
        "Programm der Woche\n\nDatum;Beginn;Kino;Film\n08.01.2083;18;One;Sholay",
        "sep=;\nFecha;Hora;Sala;Película\n8-1-2083;18:00;One;Sholay",
        "日付,時間,スクリーン,作品\n2083年1月8日,18時00分,One,Sholay",
        "date,time,auditorium,film\n8 January 2083,6pm,ONE,Sholay",
        "Data,Godzina,Sala,Tytuł\n8 stycznia 2083,18.00,One,Sholay",
    ],
)
def test_separators_orders_and_forms_of_spreadsheets_are_understood(theatre, text):
    (row,) = read(theatre, text)

    assert (row.day, row.at, row.show.movie.title) == (date(2083, 1, 8), time(18), "Sholay")


def test_a_time_after_midnight_is_the_night_after_the_date(theatre):
    (row,) = read(theatre, f"{HEAD}2083-01-08,24:30,One,Sholay")

    assert (row.at, row.night, row.show.trading_day) == (time(0, 30), date(2083, 1, 9), date(2083, 1, 8))


@pytest.mark.parametrize("text", ["", "a,b\n1,2", "date,time,screen\n", HEAD + "2083-01-08,18:00,One,Sholay\n" * 1001])
def test_a_file_that_is_no_schedule_or_too_long_is_refused(theatre, text):
    with pytest.raises(ScheduleUnreadable):
        import_rows(theatre=theatre, text=text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_bytes_are_text_with_or_without_a_mark_or_from_windows(encoding):
    assert decode_schedule("Amélie".encode(encoding)) == "Amélie"


def test_the_encoding_of_a_schedule_is_found_or_named():
    text = "Data;Godzina;Sala;Tytuł\n8.1.2083;18:00;1;Opadające liście\n8.1.2083;20:00;1;Królestwo zwierząt\n"
    assert decode_schedule(text.encode("cp1250")) == text
    assert decode_schedule("кино".encode("koi8-r"), "koi8_r") == "кино"
    with pytest.raises(ScheduleUnreadable, match="cannot be read in that encoding"):
        decode_schedule("кино".encode("koi8-r"), "utf-8")


@pytest.mark.parametrize("content", [b"x" * 500_001, b"PK\x03\x04\0\0"])
def test_bytes_that_are_no_text_or_too_many_are_refused(content):
    with pytest.raises(ScheduleUnreadable):
        decode_schedule(content)


@pytest.mark.parametrize("number", [1, 3, 30])
def test_reading_takes_the_same_queries_for_any_number_of_rows(theatre, number, django_assert_max_num_queries):
    lines = "".join(f"2083-01-{n + 1:02},18:00,One,Sholay,hi\n" for n in range(number))
    with django_assert_max_num_queries(6):
        read(theatre, "date,time,screen,film,language\n" + lines)


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("9", time(9)),
        ("9:05", time(9, 5)),
        ("21h30", time(21, 30)),
        ("19 h 30", time(19, 30)),
        ("28:00", time(4)),
        ("3:30 PM", time(15, 30)),
        ("7.30pm", time(19, 30)),
        ("3:30 p.m.", time(15, 30)),
        ("12:15 AM", time(0, 15)),
        ("12 PM", time(12)),
        ("18.00 Uhr", time(18)),
        ("18 Uhr 30", time(18, 30)),
        ("um 18 Uhr", time(18)),
        ("kl. 18.30", time(18, 30)),
        ("20h", time(20)),
        ("1930", time(19, 30)),
        ("18時30分", time(18, 30)),
    ],
)
def test_times_as_people_write_them(said, at):
    assert read_time(said) == at


@pytest.mark.parametrize(
    "said", ["", "29:00", "18:60", "-1", "six", "１８:００x", "18:0", "13:00 AM", "9" * 99, "pm", "6:30 xm"]
)
def test_what_is_no_time(said):
    with pytest.raises(ValueError):
        read_time(said)


def test_several_times_are_read_separately():
    assert [read_time(word) for word in split_times("18:00, 9 pm; 22.30 Uhr 6:30 PM")] == [
        time(18), time(21), time(22, 30), time(18, 30),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ("06/11/2083 06/12/2083 06/13/2083", [date(2083, 6, 11), date(2083, 6, 12), date(2083, 6, 13)]),
        ("06/11/2083 06/12/2083 13/06/2083", [date(2083, 11, 6), date(2083, 12, 6), date(2083, 6, 13)]),
        ("06/11/2083 06.12.2083", [date(2083, 11, 6), date(2083, 12, 6)]),
    ],
)
def test_the_whole_file_decides_how_its_dates_are_written(theatre, dates, days):
    rows = read(theatre, HEAD + "".join(f"{day},18:00,One,Sholay\n" for day in dates.split()))

    assert [row.day for row in rows] == days


def test_the_reading_of_dates_is_shown_with_its_evidence(theatre):
    schedule = import_rows(theatre=theatre, text=f"{HEAD}06/12/2083,18,One,Sholay\n06/13/2083,18,One,Sholay\n")

    assert schedule.remarks == ["Dates such as 06/12/2083 are read with the month first, because 06/13/2083 has to be."]


@pytest.mark.parametrize(
    ("zone", "how", "day"),
    [
        ("Asia/Kolkata", None, date(2083, 12, 6)),
        ("Europe/Berlin", None, date(2083, 12, 6)),
        ("America/New_York", None, date(2083, 6, 12)),
        ("America/New_York", True, date(2083, 12, 6)),
        ("Europe/Berlin", False, date(2083, 6, 12)),
    ],
)
def test_ambiguous_dates_are_read_as_the_country_writes_them(zone, how, day):
    there = TheatreFactory(time_zone=zone)
    ScreenFactory(theatre=there, name="One")
    MovieFactory(title="Up").languages.add(LanguageFactory())

    (row,) = read(there, f"{HEAD}06/12/2083,18:00,One,Up", day_first=how)

    assert row.day == day


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Amélie", "AMELIE"),
        ("Österreich", "osterreich"),
        ("Österreich", "Oesterreich"),
        ("The Lunchbox", "Lunchbox, The"),
        ("The Lunchbox", "Lunchbox"),
        ("L’Été meurtrier", "L'ete meurtrier"),
        ("Spider-Man: Homecoming", "Spiderman Homecoming"),
        ("Левиафан", "левиафан"),
        ("W nich cała nadzieja", "W nich cala nadzieja"),
        ("Das weiße Band", "Weisse Band"),
    ],
)
def test_a_title_is_found_whatever_its_case_accents_articles_and_punctuation(theatre, title, said):
    film = MovieFactory(title=title, slug="x")
    film.languages.add(LanguageFactory())

    (row,) = read(theatre, f'{HEAD}2083-01-08,18:00,One,"{said}"')

    assert row.show.movie == film


def test_a_film_is_found_by_its_original_title(theatre):
    film = MovieFactory(title="Amélie", slug="x", original_title="Le fabuleux destin d’Amélie Poulain")
    film.languages.add(LanguageFactory())

    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,One,Fabuleux destin d'Amelie Poulain")

    assert row.show.movie == film


@pytest.mark.parametrize(
    ("year", "found"), [("1975", 1975), ("1976", 1975), ("2024", 2024), ("", 2024), ("1950", None)]
)
def test_a_column_with_the_year_distinguishes_films_of_one_title(theatre, year, found):
    MovieFactory(title="Sholay", slug="sholay-2024", year=2024).languages.add(LanguageFactory())

    (row,) = read(theatre, f"date,time,screen,film,year\n2083-01-08,18:00,One,Sholay,{year}")

    assert (row.show and row.show.movie.year) == found


@pytest.mark.parametrize(
    ("said", "meant"),
    [("Sholey", "Sholay"), ("Sholay in 70mm", "Sholay"), ("Sholay (OmU)", "Sholay"), ("Lagaan", None), ("???", None)],
)
def test_for_a_title_that_is_not_there_the_nearest_is_offered(theatre, said, meant):
    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,One,{said}")

    assert str(row.problem) == f"Row 2: the library has no film “{said}”."
    assert (row.problem.suggestion and row.problem.suggestion.title) == meant


def test_a_film_that_was_chosen_for_a_title_is_taken_in_every_row(theatre):
    film = Movie.objects.get()
    rows = read(
        theatre, f"{HEAD}2083-01-08,18:00,One,Sholey\n2083-01-09,18:00,One,SHOLEY", film_choices={"Sholey": film.pk}
    )

    assert [row.show.movie for row in rows] == [film, film]


def test_the_choice_of_an_unknown_film_is_ignored(theatre):
    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,One,Sholey", film_choices={"Sholey": 10**17})

    assert row.show is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Screen 1", "1"),
        ("Screen 1", "Saal 1"),
        ("Saal 1", "Kino1"),
        ("Sala Marilyn", "marilyn"),
        ("Große Salle", "Grosse"),
    ],
)
def test_a_screen_is_found_by_what_is_its_own_in_its_name(theatre, name, said):
    screen = ScreenFactory(theatre=theatre, name=name)

    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,{said},Sholay")

    assert row.show.screen == screen


def test_where_two_screens_may_be_meant_none_is(theatre):
    ScreenFactory(theatre=theatre, name="Screen 1")
    ScreenFactory(theatre=theatre, name="Saal 1")

    (row,) = read(theatre, f"{HEAD}2083-01-08,18:00,1,Sholay")

    assert str(row.problem) == "Row 2: there is no screen “1”."


def test_the_only_screen_need_not_be_named(theatre):
    (row,) = read(theatre, "date,time,film\n2083-01-08,18:00,Sholay")

    assert row.show.screen.name == "One"


@pytest.mark.parametrize("said", ["", "OV", "VO", "version originale", "-"])
def test_a_show_without_a_language_is_in_the_films_original_one(theatre, said):
    telugu = LanguageFactory(code="te", name="Telugu")
    film = MovieFactory(title="RRR", original_language=telugu, format="3D")
    film.languages.set([telugu, LanguageFactory(), LanguageFactory(code="en", name="English")])

    (row,) = read(theatre, f"date,time,screen,film,language\n2083-01-08,18:00,One,RRR,{said}")

    assert (row.show.language, row.show.format) == (telugu, "3D")


@pytest.mark.parametrize("said", ["hi", "Hindi", "HINDI", "हिन्दी", "Hindi (India)", "хинди"])
def test_a_language_is_known_by_its_names_in_other_languages(theatre, said):
    (row,) = read(theatre, f"date,time,screen,film,language\n2083-01-08,18:00,One,Sholay,{said}")

    assert row.show.language.code == "hi"


@pytest.mark.parametrize(
    ("column", "said", "problem"),
    [
        ("language", "Klingon", "“Klingon” is not the language of any film in the library"),
        ("subtitles", "Klingon", "“Klingon” is not the language of any film in the library"),
        ("format", "4DX", "write the format as 2D, 3D, IMAX or Dolby Atmos, not “4DX”"),
        ("price card", "Gala", "there is no price card “Gala”"),
    ],
)
def test_an_unknown_value_is_explained_in_a_sentence(theatre, column, said, problem):
    (row,) = read(theatre, f"date,time,screen,film,{column}\n2083-01-08,18:00,One,Sholay,{said}")

    assert str(row.problem) == f"Row 2: {problem}."


def test_unused_columns_are_named(theatre):
    schedule = import_rows(theatre=theatre, text="date,time,screen,film,Kasse,\n2083-01-08,18:00,One,Sholay,x,")

    assert schedule.remarks == ["Columns not used: Kasse."]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        HEAD + f"{'(' * 100_000},{'1' * 100_000},{'x' * 100_000},{'(1' * 50_000}\n",
        "," * 499_000,
        "a\u0316\u0301" * 150_000,
        "date,time,screen,film," + "x," * 200_000,
        HEAD + '"' * 400_001,
        HEAD + "".join(f"2083-01-08,18:00,One,Sholei {n:04}\n" for n in range(1000)),
    ],
    ids=lambda text: text[:30],
)
def test_a_file_that_is_a_bomb_is_answered_in_no_time(theatre, text):
    with suppress(ScheduleUnreadable):
        read(theatre, text)
