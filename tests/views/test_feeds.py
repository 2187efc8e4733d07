"""What calendar programs, feed readers and aggregators get."""

import csv
import io
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from cinema.models import Genre, Show
from cinema.views.public.feeds import files
from tests.factories import LanguageFactory, MovieFactory, ShowFactory, TheatreFactory, listed, season

pytestmark = pytest.mark.django_db

SITE = "http://testserver"


@pytest.fixture(autouse=True)
def _nothing_kept():
    files.clear()


@pytest.fixture
def galaxy():
    return TheatreFactory(name="Galaxy", slug="galaxy", address="5 Marine Drive", city="Mumbai", doors=20)


@pytest.fixture
def mandi():
    return MovieFactory(title="Mandi, or; “the market”\\", slug="mandi", runtime=129)


def events(client, url: str) -> list[dict]:
    """The entries of a calendar."""
    response = client.get(url)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.content)
    assert calendar["METHOD"] == "PUBLISH"
    return list(calendar.walk("VEVENT"))


def test_a_calendar_has_time_film_and_place_of_each_show(client, galaxy, mandi):
    show = listed(theatre=galaxy, movie=mandi, trailers=15, version=3)

    [event] = events(client, reverse("theatre-calendar", args=["galaxy"]))

    assert event.decoded("dtstart") == show.starts_at.replace(microsecond=0)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=144)
    assert event["SUMMARY"] == "Mandi, or; “the market”\\ at Galaxy"
    assert event["LOCATION"] == f"Galaxy, {show.screen}, 5 Marine Drive, Mumbai"
    assert event["URL"] == SITE + show.get_absolute_url()
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"show-{show.pk}@testserver", 3, "CONFIRMED")


def test_control_characters_in_a_title_break_no_feed(client, galaxy):
    odd = "Mandi\x0b\r\nBEGIN:VEVENT\x01\ud7ff"
    listed(theatre=galaxy, movie=MovieFactory(title=odd, slug="odd", synopsis=odd))

    [event] = events(client, reverse("movie-calendar", args=["odd"]))
    channel = ElementTree.fromstring(client.get(reverse("new-films")).content)[0]

    assert event["SUMMARY"] == "Mandi BEGIN:VEVENT\ud7ff at Galaxy"
    assert channel.findtext("item/title") == "Mandi BEGIN:VEVENT\ud7ff"
    assert client.get(reverse("showtimes-json")).json()["showtimes"][0]["film"] == odd


def test_there_is_a_calendar_of_each_theatre_screen_and_film(client, galaxy, mandi):
    first, second = listed(theatre=galaxy, movie=mandi), listed(theatre=galaxy)
    elsewhere = listed(movie=mandi)
    calendars = {
        reverse("theatre-calendar", args=["galaxy"]): {first, second},
        reverse("screen-calendar", args=["galaxy", first.screen_id]): {first},
        reverse("movie-calendar", args=["mandi"]): {first, elsewhere},
    }

    for url, shows in calendars.items():
        assert {event["URL"] for event in events(client, url)} == {SITE + show.get_absolute_url() for show in shows}


def linked_calendar(client, url: str) -> str:
    """The URL of the only visible link to a calendar on a page."""
    [link] = re.findall(r'<a [^>]*href="([^"]+\.ics[^"]*)"', client.get(url).content.decode())
    return unescape(link)


def test_a_selection_of_the_programme_is_a_calendar(client, galaxy):
    late = listed(theatre=galaxy, labels=" relaxed ", language=LanguageFactory(code="ml", name="Malayalam"))
    listed(theatre=galaxy)
    listed(language=late.language)
    url = linked_calendar(client, f"/?theatre=galaxy&language=ml&label=relaxed&day={late.trading_day}")

    assert url == "/programme.ics?theatre=galaxy&language=ml&label=relaxed"
    assert [event["URL"] for event in events(client, url)] == [SITE + late.get_absolute_url()]
    assert Calendar.from_ical(client.get(url).content)["NAME"] == "What’s on at Galaxy"


def test_the_calendar_of_a_selection_follows_the_filters_without_a_new_page(client, galaxy):
    listed(theatre=galaxy)
    client.get("/?city=Mumbai")  # is remembered
    url = linked_calendar(client, "/")
    part = client.get("/?city=Mumbai&format=2D", headers={"HX-Request": "true"}).content.decode()

    assert url == "/programme.ics?city=Mumbai"
    assert re.search(r'href="/programme.ics\?city=Mumbai&amp;format=2D"\s+hx-swap-oob="true"', part)


def test_a_calendar_does_not_fill_with_everything_when_its_language_is_gone(client, galaxy):
    malayalam = listed(theatre=galaxy, language=LanguageFactory(code="ml", name="Malayalam"))
    listed(theatre=galaxy)
    assert len(events(client, "/programme.ics?language=ml")) == 1
    malayalam.delete()
    files.clear()

    assert events(client, "/programme.ics?language=ml") == []
    assert len(events(client, "/programme.ics")) == 1
    assert len(events(client, "/programme.ics?day=2020-01-01")) == 1  # a calendar has all days


def test_a_calendar_crosses_out_what_is_cancelled_of_a_selection(client, galaxy):
    listed(theatre=galaxy, status=Show.Status.CANCELLED, movie=MovieFactory(title="Mandi"))

    [event] = events(client, "/programme.ics?theatre=galaxy&q=mandi")

    assert event["STATUS"] == "CANCELLED"
    assert events(client, "/programme.ics?q=nothing") == []


def test_a_season_is_a_calendar_by_its_films_and_conditions(client, galaxy, mandi):
    first, later = listed(theatre=galaxy, movie=mandi), listed(theatre=galaxy, movie=mandi, days=9)
    listed(movie=mandi), listed(theatre=galaxy)
    found = season(mandi, theatre=galaxy, ends_on=first.trading_day)
    url = linked_calendar(client, found.get_absolute_url())

    assert [event["URL"] for event in events(client, url)] == [SITE + first.get_absolute_url()]
    assert later.trading_day > found.ends_on


def test_film_and_theatre_link_their_calendars(client, galaxy, mandi):
    show = listed(theatre=galaxy, movie=mandi)

    assert linked_calendar(client, mandi.get_absolute_url()) == reverse("movie-calendar", args=["mandi"])
    page = client.get(galaxy.get_absolute_url()).content.decode()
    assert f'href="{reverse("screen-calendar", args=["galaxy", show.screen_id])}"' in page


def test_a_cancelled_show_is_crossed_out_and_a_draft_not_there(client, galaxy):
    listed(theatre=galaxy, status=Show.Status.CANCELLED, movie=MovieFactory(title="Mandi"))
    listed(theatre=galaxy, status=Show.Status.DRAFT)

    [event] = events(client, reverse("theatre-calendar", args=["galaxy"]))

    assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", "Cancelled: Mandi at Galaxy")


@pytest.mark.parametrize(
    "url", ["/theatres/none/shows.ics", "/theatres/galaxy/screens/1/shows.ics", "/movies/none/shows.ics"]
)
def test_there_is_no_calendar_of_what_is_not_there(client, galaxy, url):
    assert client.get(url).status_code == 404


def test_the_screen_of_one_theatre_is_not_at_another(client, galaxy):
    elsewhere = listed().screen

    assert client.get(reverse("screen-calendar", args=["galaxy", elsewhere.pk])).status_code == 404


def test_a_feed_is_made_once_a_minute_and_sent_only_if_it_changed(client, galaxy, django_assert_num_queries):
    listed(theatre=galaxy)
    url = reverse("theatre-calendar", args=["galaxy"])
    first = client.get(url)
    listed(theatre=galaxy)

    with django_assert_num_queries(1):  # whether the theatre is there
        again = client.get(url, headers={"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["theatre-calendar", "theatre-showtimes-json", "theatre-showtimes-csv"])
def test_a_feed_takes_as_many_queries_for_one_show_as_for_many(client, galaxy, name, django_assert_num_queries):
    for number in (1, 3):
        for _ in range(number):
            ShowFactory(screen__theatre=galaxy)
        files.clear()
        with django_assert_num_queries(3):  # the theatre, shows, prices
            client.get(reverse(name, args=["galaxy"]))


def test_new_films_come_first_in_the_feed(client, galaxy, mandi):
    old = listed(theatre=galaxy, movie=MovieFactory(title="Old", synopsis="A <b>long</b> run."))
    listed(theatre=galaxy, movie=old.movie, days=-30)
    mandi.genres.add(Genre.objects.create(name="Satire", slug="satire"))
    put_on_sale = timezone.now().replace(microsecond=0) - timedelta(days=3)
    for days in (0, 1):
        listed(theatre=galaxy, movie=mandi, days=2 + days, published_at=put_on_sale + timedelta(days=days))
    Show.objects.filter(movie=mandi).update(labels=" open-captions relaxed ")
    MovieFactory(title="In the library only")

    response = client.get(reverse("new-films"))

    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    channel = ElementTree.fromstring(response.content)[0]
    first, second = channel.iter("item")
    assert channel.findtext("link") == f"{SITE}/"
    assert first.findtext("title") == mandi.title
    assert first.findtext("link") == first.findtext("guid") == SITE + mandi.get_absolute_url()
    assert first.findtext("category") == "Satire"
    assert first.findtext("description").endswith(".\nOpen captions · Relaxed screening")
    assert parsedate_to_datetime(first.findtext("pubDate")) == put_on_sale
    assert (second.findtext("title"), second.findtext("pubDate")) == ("Old", None)  # from before it was noted
    assert re.fullmatch(r"A <b>long</b> run.\nNext show: .*, Galaxy\.", second.findtext("description"))


def test_the_feed_of_films_takes_the_same_queries_for_any_number(client, galaxy, django_assert_num_queries):
    for number in (1, 3):
        for _ in range(number):
            listed(theatre=galaxy)
        files.clear()
        with django_assert_num_queries(3):  # films, genres, shows
            client.get(reverse("new-films"))


def test_showtimes_are_the_same_as_json_and_csv(client, galaxy, mandi):
    show = ShowFactory(
        screen__theatre=galaxy,
        screen__plan="aabb",
        movie=mandi,
        subtitles=LanguageFactory(code="en", name="English"),
        labels=" hearing-loop strobe ",
    )

    found = client.get(reverse("showtimes-json"))
    table = client.get(reverse("showtimes-csv"))

    assert (found["Content-Type"], table["Content-Type"]) == ("application/json", "text/csv; charset=utf-8")
    [row] = found.json()["showtimes"]
    start = show.starts_at.astimezone(galaxy.tz)
    assert row | {"starts_at": start.isoformat(), "doors_at": (start - timedelta(minutes=20)).isoformat()} == row
    assert (row["price_from"], row["price_to"], row["currency"]) == ("250.00", "350.00", "INR")
    assert (row["status"], row["availability"]) == ("scheduled", "available")
    assert (row["language"], row["subtitles"], row["certificate"]) == ("hi", "en", "UA")
    assert row["booking_url"] == SITE + show.get_absolute_url()
    [cells] = csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))
    assert (row["labels"], row["label_note"]) == (["hearing-loop", "strobe"], None)
    row |= {name: "; ".join(row[name]) for name in ("labels", "films")}
    assert cells == {name: "" if value is None else str(value) for name, value in row.items()}


@pytest.mark.parametrize(
    ("fields", "availability"),
    [
        ({"seats_free": 0}, "sold_out"),
        ({"sales_start_at": timedelta(minutes=9)}, "not_yet"),
        ({"sales_end_at": -timedelta(minutes=9)}, "box_office"),
        ({"status": Show.Status.CANCELLED}, None),
    ],
)
def test_showtimes_say_what_can_be_booked(client, galaxy, fields, availability):
    now = timezone.now()
    listed(theatre=galaxy, **{name: now + it if isinstance(it, timedelta) else it for name, it in fields.items()})

    [row] = client.get(reverse("theatre-showtimes-json", args=["galaxy"])).json()["showtimes"]

    assert row["availability"] == availability
    assert row["status"] == ("scheduled" if availability else "cancelled")


def test_a_table_without_shows_has_its_header(client, galaxy):
    table = client.get(reverse("theatre-showtimes-csv", args=["galaxy"])).content.decode("utf-8-sig")

    assert table.startswith("show_id,status,film,")
    assert client.get(reverse("theatre-showtimes-json", args=["galaxy"])).json() == {"showtimes": []}


def test_pages_lead_programs_to_their_feeds(client, galaxy, mandi):
    def feeds(url: str) -> set[str]:
        links = re.findall(r'<link rel="alternate" type="[^"]+" href="([^"]+)"', client.get(url).content.decode())
        assert all(client.get(link).status_code == 200 for link in links)
        return set(links)

    assert feeds("/") == {"/new-films.rss", "/showtimes.json", "/programme.ics"}
    assert feeds("/theatres/galaxy/") == {"/theatres/galaxy/shows.ics", "/theatres/galaxy/showtimes.json"}
    assert feeds("/movies/mandi/") == {"/movies/mandi/shows.ics"}
