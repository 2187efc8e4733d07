"""The planner, and how shows come into it."""

import re
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cinema.models import Language, Movie, Screen, Show, Theatre
from tests.factories import (
    MANAGER,
    LanguageFactory,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    cancelled,
    draft,
    listed,
    price_card,
    sold,
    staff,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db
FRIDAY = date(2083, 1, 8)  # to come for long


@pytest.fixture
def movie():
    movie = MovieFactory(title="Sholay", runtime=90)
    movie.languages.add(LanguageFactory())
    return movie


@pytest.fixture
def manager(client, theatre):
    client.force_login(staff(theatre, MANAGER))
    return client


def url(name="", *args):
    return reverse(f"staff-schedule{name and '-'}{name}", args=["here", *args])


def said(screen, movie, **fields):
    plain = {"movie": movie.pk, "screen": screen.pk, "times": "18:00, 21:00", "first_day": FRIDAY, "format": "2D"}
    return plain | {"trailers": 15, "turnaround": 15, "sales_cutoff": 0} | fields


def look(manager, day=FRIDAY, view=""):
    return manager.get(url(), {"day": day.isoformat(), "view": view})


# --- The planner ---------------------------------------------------------------------------------


def test_the_planner_shows_a_week_of_every_screen_with_how_each_show_stands(manager, theatre, screen):
    other = ScreenFactory(theatre=theatre, name="Two", plan="aa")
    show = ShowFactory(screen=screen, movie__title="Sholay")
    sold(show, "A1")
    draft(other, starts_at=show.starts_at, movie=MovieFactory(title="Himalaya"))
    cancelled(listed(screen=other, starts_at=show.ends_at, trading_day=show.trading_day))

    page = look(manager, show.trading_day)

    words = text(page)
    assert "One 18:00 Sholay –20:30" in words
    assert "1/2 sold" in words
    assert "draft · no price card" in words
    assert "cancelled" in words
    assert "Publish the week (1)" in words
    assert page.content.decode().count('class="plan-day"') == 7


def test_one_day_can_be_shown(manager, screen):
    page = look(manager, view="day")

    assert page.content.decode().count('class="plan-day"') == 1
    assert "Friday 8 January" in text(page)


def test_a_show_after_midnight_is_listed_under_its_trading_day(manager, screen, theatre):
    manager.post(
        url("add"),
        said(
            screen,
            Movie.objects.create(title="Late", slug="late", runtime=90),
            times="0:30",
            language=LanguageFactory().pk,
        ),
    )

    assert "00:30 Late –02:30 night from Fri to Sat" in text(look(manager, view="day"))


@pytest.mark.parametrize("day", ["", "yesterday", "0001-01-01", "9999-12-31", "2083-02-30", "\x00"])
def test_a_day_that_cannot_be_read_is_this_week(manager, screen, theatre, day):
    page = manager.get(url(), {"day": day, "view": "moon"})

    today = theatre.trading_day(timezone.now())
    assert f'id="day-{today.isoformat()}"' in page.content.decode()


def test_another_theatres_shows_and_screens_are_not_here(manager, screen):
    elsewhere = listed(starts_at=timezone.now() + timedelta(hours=1))

    assert elsewhere.screen.name not in text(look(manager, elsewhere.trading_day))


def test_a_theatre_without_screens_has_a_notice(manager):
    assert "This theatre has no screens yet." in text(look(manager))


@pytest.mark.parametrize("number", [1, 3, 30])
def test_the_planner_takes_the_same_queries_for_any_number_of_shows(
    manager, theatre, number, django_assert_max_num_queries
):
    for n in range(number):
        hall = Screen.objects.create(theatre=theatre, name=f"Hall {n}")
        start = timezone.now().replace(year=2083, month=1, day=6, hour=8)
        spoken = LanguageFactory(code=f"x-{n}", name=f"Language {n}")
        listed(screen=hall, starts_at=start, trading_day=date(2083, 1, 6), status=Show.Status.DRAFT, language=spoken)
    with django_assert_max_num_queries(14):
        assert look(manager, date(2083, 1, 6)).content.decode().count('class="slot-film"') == number


def test_htmx_gets_the_days_alone(manager, screen):
    page = manager.get(url(), headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert 'id="planner"' in page


# --- Adding --------------------------------------------------------------------------------------


def test_a_run_is_planned_at_once_when_all_of_it_can_be(manager, screen, movie):
    answer = manager.post(
        url("add"), said(screen, movie, last_day=FRIDAY + timedelta(days=6), weekdays=["4", "5"]), follow=True
    )

    assert Show.objects.filter(status=Show.Status.DRAFT).count() == 4
    assert "4 drafts have been planned." in text(answer)
    assert 'id="add-box" open' in answer.content.decode()  # for the next ones


def test_a_run_that_cannot_be_whole_is_shown_first_and_planned_when_confirmed(manager, screen, movie):
    listed(screen=screen, starts_at=timezone.now().replace(year=2083, month=1, day=8, hour=10, minute=0))
    answer = manager.post(url("add"), said(screen, movie))

    assert answer.status_code == 409
    assert "Nothing is planned yet. 1 show can be planned · 1 cannot." in text(answer)
    assert "is already on One from" in text(answer)
    assert Show.objects.filter(status=Show.Status.DRAFT).count() == 0

    done = manager.post(url("add"), said(screen, movie, confirm="1"), follow=True)

    assert "1 draft has been planned. 1 row was left out:" in text(done)


def test_an_ambiguous_time_is_planned_after_a_choice(manager, theatre, screen, movie):
    theatre.time_zone = "Europe/Berlin"
    theatre.save()
    night = said(screen, movie, times="02:30", first_day=date(2083, 10, 30))

    asked = manager.post(url("add"), night)
    assert "occurs twice" in text(asked)
    assert 'name="fold"' in asked.content.decode()
    manager.post(url("add"), night | {"fold": "1"})

    assert Show.objects.get().starts_at.hour == 1


def test_htmx_gets_the_planner_after_planning_and_the_form_after_a_refusal(manager, screen, movie):
    headers = {"HX-Request": "true"}
    done = manager.post(url("add"), said(screen, movie), headers=headers, follow=True)
    assert 'id="planner"' in done.content.decode()
    assert "2 drafts have been planned." in text(done)

    refused = manager.post(url("add"), said(screen, movie), headers=headers)
    assert (refused.status_code, refused["HX-Retarget"]) == (409, "#add")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"times": "six"}, "“six” is not a time"),
        ({"times": ""}, "Times"),
        ({"times": "1 2 3 4 5 6 7 8 9 10 11 12 13"}, "At most 12 times a day"),
        ({"times": "18:00\x00"}, "Null characters are not allowed"),
        ({"first_day": "2083-02-30"}, "Please enter a day, such as 27/11/2026."),
        ({"first_day": "9999-12-31"}, "too far away"),
        ({"last_day": "2083-01-01"}, "last day is before the first"),
        ({"last_day": "2084-01-01"}, "At most 92 days"),
        ({"movie": "999999"}, "Film"),
        ({"screen": "x"}, "Screen"),
        ({"trailers": "-5"}, "Trailers"),
        ({"sales_cutoff": "9" * 30}, "Sales end"),
        ({"sales_start_at": "9999-12-31T23:59"}, "too far away"),
        ({"weekdays": ["9"]}, "Only on"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_planned(manager, screen, movie, change, sentence):
    answer = manager.post(url("add"), said(screen, movie) | change)

    assert answer.status_code == 400
    assert sentence in text(answer)
    assert not Show.objects.exists()


def test_a_film_without_a_known_language_needs_one(manager, screen):
    answer = manager.post(url("add"), said(screen, MovieFactory()))

    assert "The language of this film is not known" in text(answer)


def test_no_dialogue_can_be_chosen_for_a_film_and_for_a_show(manager, screen):
    none, _ = Language.objects.get_or_create(code="zxx", defaults={"name": "No dialogue"})  # which a migration adds
    assert "No dialogue" in text(manager.get(reverse("staff-films-add")))
    assert f'<option value="{none.pk}">No dialogue</option>' in manager.get(url("add")).content.decode()
    manager.post(
        reverse("staff-films-add"), {"title": "Ghosts", "year": "2026", "runtime": "90", "languages": [none.pk]}
    )

    manager.post(url("add"), said(screen, Movie.objects.get()))

    assert {str(show.language) for show in Show.objects.all()} == {"No dialogue"}


def test_another_theatres_screen_and_card_cannot_be_chosen(manager, screen, movie):
    elsewhere = ScreenFactory()
    card = price_card(elsewhere.theatre)

    assert manager.post(url("add"), said(elsewhere, movie)).status_code == 400
    assert manager.post(url("add"), said(screen, movie, price_card=card.pk)).status_code == 400


def test_the_form_stands_on_a_page_of_its_own(manager, screen, movie, theatre):
    card = price_card(theatre)
    page = manager.get(url("add"), {"day": "2083-01-06"}).content.decode()

    assert f'value="{card.pk}" selected' in page
    assert 'value="2083-01-01"' in page


# --- Copying -------------------------------------------------------------------------------------


def test_a_week_is_previewed_and_then_copied(manager, screen, movie):
    manager.post(url("add"), said(screen, movie))
    wish = {"span": "week", "source": "2083-01-14", "target": "2083-01-15"}

    looked = manager.post(url("copy"), wish)
    assert "2 shows can be planned." in text(looked)
    assert Show.objects.count() == 2
    done = manager.post(url("copy"), wish | {"confirm": "1"}, follow=True)

    assert "2 drafts have been planned." in text(done)
    days = Show.objects.order_by("starts_at").values_list("trading_day", flat=True)
    assert list(days) == [FRIDAY, FRIDAY, FRIDAY + timedelta(days=7), FRIDAY + timedelta(days=7)]


@pytest.mark.parametrize(("film_week", "first"), [(4, "2083-12-31"), (2, "2083-12-29"), (0, "2083-12-27")])
def test_the_week_is_the_film_week_of_the_theatre_over_a_change_of_year(
    manager, theatre, screen, movie, film_week, first
):
    Theatre.objects.update(film_week=film_week)
    new_year, following = date(2084, 1, 1), date(2084, 1, 8)
    manager.post(url("add"), said(screen, movie, times="18:00", first_day=new_year))

    page = look(manager, new_year).content.decode()
    assert page.index(f'id="day-{first}"') == page.index('id="day-')
    manager.post(url("copy"), {"span": "week", "source": first, "target": following, "confirm": "1"})

    days = Show.objects.order_by("starts_at").values_list("trading_day", flat=True)
    assert list(days) == [new_year, following]


def test_what_cannot_be_copied_is_listed_with_why(manager, screen, movie):
    manager.post(url("add"), said(screen, movie))
    Movie.objects.update(retired_at=timezone.now())

    looked = manager.post(url("copy"), {"span": "day", "source": "2083-01-08", "target": "2083-01-09"})

    assert "“Sholay” is retired." in text(looked)
    assert "0 shows can be planned · 2 cannot." in text(looked)
    assert 'name="confirm"' not in looked.content.decode()


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"span": "day", "source": "2083-01-08", "target": "2083-01-08"},
        {"span": "week", "source": "2083-01-02", "target": "2083-01-07"},
        {"span": "year", "source": "2083-01-06", "target": "2083-02-08"},
        {"span": "day", "source": "x", "target": "9999-12-31"},
    ],
)
def test_a_copy_that_makes_no_sense_is_refused(manager, screen, wish):
    assert manager.post(url("copy"), wish).status_code == 400


def test_a_day_without_shows_has_nothing_to_copy(manager, screen):
    looked = manager.post(url("copy"), {"span": "day", "source": "2083-01-08", "target": "2083-01-09"})

    assert "There is nothing to copy" in text(looked)


# --- Importing -----------------------------------------------------------------------------------


def test_a_pasted_schedule_is_previewed_and_then_planned(manager, screen, movie):
    lines = "date,time,screen,film\n2083-01-08,18:00,One,Sholay\n2083-01-08,18:00,Nine,Sholay"

    looked = manager.post(url("import"), {"text": lines})
    assert "1 show can be planned · 1 cannot." in text(looked)
    assert "Not planned : there is no screen “Nine”." in text(looked)
    assert not Show.objects.exists()
    done = manager.post(url("import"), {"text": lines, "confirm": "1"}, follow=True)

    assert "1 draft has been planned. 1 row was left out:" in text(done)
    assert Show.objects.count() == 1


def test_the_preview_shows_format_and_language(manager, screen):
    tamil = LanguageFactory(code="ta", name="Tamil")
    film = MovieFactory(title="Vikram", original_language=tamil, format="IMAX")
    film.languages.set([tamil, LanguageFactory(code="en", name="English")])

    looked = manager.post(url("import"), {"text": "date,time,screen,film\n2083-01-08,18:00,One,Vikram"})

    assert "Draft IMAX, Tamil" in text(looked)


def test_a_file_is_read_as_well(manager, screen, movie):
    lines = "\ufeffdate;time;screen;film\r\n08.01.2083;18:00;One;Sholay\r\n".encode()
    looked = manager.post(url("import"), {"file": SimpleUploadedFile("week.csv", lines)})

    assert "1 show can be planned." in text(looked)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"PK\x03\x04\0"),
        ("a.exe", b"date,time"),
        ("a.csv", b"x" * 600_000),
        ("a.csv", b"a,b\n1,2"),
    ],
)
def test_a_file_that_is_no_schedule_is_refused_with_a_reason(manager, screen, name, content):
    answer = manager.post(url("import"), {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_the_film_that_may_be_meant_is_taken_with_one_touch(manager, screen, movie):
    lines = "date,time,screen,film\n2083-01-08,18:00,One,Sholey\n2083-01-09,18:00,One,Lagann"
    MovieFactory(title="Lagaan").languages.add(LanguageFactory())

    looked = manager.post(url("import"), {"text": lines})
    choices = re.findall(r'name="film_choice"\s+value="([^"]+)">\s*([^<]+?)\s*<', looked.content.decode())
    assert [label for _value, label in choices] == ["Did you mean “Sholay”?", "Did you mean “Lagaan”?"]
    assert choices[0][0] == f"{movie.pk}:Sholey"

    looked = manager.post(url("import"), {"text": lines, "film_choice": choices[0][0]})
    assert "1 show can be planned · 1 cannot." in text(looked)
    assert f'<input type="hidden" name="film_choice" value="{movie.pk}:Sholey">' in looked.content.decode()

    manager.post(url("import"), {"text": lines, "film_choice": [value for value, _label in choices], "confirm": "1"})
    assert sorted(show.movie.title for show in Show.objects.all()) == ["Lagaan", "Sholay"]


@pytest.mark.parametrize("meant", ["x", "1", ":", "99:Sholey", "9" * 40 + ":Sholey", "1:" + "x" * 500])
def test_a_film_chosen_that_makes_no_sense_is_no_choice(manager, screen, movie, meant):
    lines = "date,time,screen,film\n2083-01-08,18:00,One,Sholey"

    assert "1 cannot" in text(manager.post(url("import"), {"text": lines, "film_choice": meant}))


def test_ambiguous_dates_are_named_and_can_be_read_the_other_way(manager, screen, movie):
    lines = "date,time,screen,film,till\n06/12/2083,18:00,One,Sholay,x"

    looked = manager.post(url("import"), {"text": lines})
    assert "Dates such as 06/12/2083 are read with the day first. Columns not used: till." in text(looked)
    assert "6 Dec 2083" in text(looked)

    looked = manager.post(url("import"), {"text": lines, "dates": "month"})
    assert "12 Jun 2083" in text(looked)
    assert '<option value="month" selected>' in looked.content.decode()

    manager.post(url("import"), {"text": lines, "dates": "month", "confirm": "1"})
    assert Show.objects.get().trading_day == date(2083, 6, 12)


def test_the_encoding_of_a_file_can_be_said(manager, screen, movie):
    MovieFactory(title="Łowca").languages.add(LanguageFactory())
    lines = "date;time;screen;film\n08.01.2083;18:00;One;Łowca\n".encode("cp1250")

    looked = manager.post(url("import"), {"file": SimpleUploadedFile("a.csv", lines), "encoding": "cp1250"})

    assert "1 show can be planned." in text(looked)


def test_html_in_a_file_is_shown_as_text(manager, screen):
    looked = manager.post(url("import"), {"text": "date,time,screen,film\n2083-01-08,18:00,One,<script>x</script>"})

    assert "<script>x" not in looked.content.decode()


@pytest.mark.parametrize("name", ["One", "-1 Cellar"])
def test_the_template_can_be_read_back(manager, screen, name):
    screen.name = name
    screen.save(update_fields=["name"])
    for title, year in {"The Lunchbox": 2013, "Pyaasa": 1957, "Sholay": 1975}.items():
        MovieFactory(title=title, year=year)
    LanguageFactory()
    LanguageFactory(code="en", name="English")
    file = manager.get(url("template"))

    assert file["Content-Type"] == "text/csv; charset=utf-8"
    looked = text(manager.post(url("import"), {"text": file.content.decode("utf-8-sig")}))
    assert "2 shows can be planned." in looked
    assert "Sholay (1975), 15 min, 40%" in looked
