"""What moviegoers read about a show of several films, on every page, in mails and in feeds."""

import csv
import io
from datetime import time, timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from cinema.mail.calendars import ticket_calendar
from cinema.models import Genre, Movie, Show
from cinema.selectors.booking.tickets import ticket_by_reference
from cinema.selectors.orders.show_cancellations import other_shows
from cinema.services.schedule.showtimes import local_moment
from cinema.views.public.feeds import files
from tests.factories import MovieFactory, ScreenFactory, ShowFactory, TheatreFactory, double_bill, held, sold
from tests.mails import outbox
from tests.views.browsers import browser, text
from tests.views.schema_org import complaints, things

pytestmark = pytest.mark.django_db
TITLE = "Alien + Brazil"
TIMES = "Alien about 20:05, break about 22:00, Brazil about 22:15, ends about 00:25"


@pytest.fixture(autouse=True)
def _nothing_kept():
    files.clear()


@pytest.fixture
def galaxy():
    return TheatreFactory(name="Galaxy", slug="galaxy", doors=20)


@pytest.fixture
def show(galaxy):
    start = local_moment(galaxy.trading_day(timezone.now()) + timedelta(days=1), time(19, 55), galaxy)
    return double_bill(screen=ScreenFactory(theatre=galaxy), starts_at=start, trailers=10)


@pytest.fixture
def alien(show):
    return show.films[0]


@pytest.fixture
def brazil(show):
    return show.films[1]


def entry(ticket):
    """The entry in the calendar file of a ticket."""
    [event] = Calendar.from_ical(ticket_calendar(ticket_by_reference(ticket.reference))).walk("VEVENT")
    return event


def films_on(response):
    return [film.movie.title for film in response.context["programme"].films]


def test_the_programme_has_a_double_bill_with_each_of_its_films(client, show):
    page = client.get("/")

    assert films_on(page) == ["Alien", "Brazil"]
    assert text(page).count(f"{TITLE} doors 19:35 films 20:05–00:25") == 2


def test_a_search_finds_it_by_any_film_and_shows_those_that_match(client, show):
    for typed, found in (("alien", ["Alien"]), ("brazil", ["Brazil"]), ("cabaret", [])):
        page = client.get("/", {"q": typed})
        assert films_on(page) == found
        assert (TITLE in text(page)) is bool(found)


def test_a_genre_is_offered_and_found_by_a_further_film(client, show, brazil):
    brazil.genres.add(Genre.objects.create(name="Satire", slug="satire"))

    assert films_on(client.get("/", {"genre": "satire"})) == ["Brazil"]
    assert 'value="satire"' in client.get("/").content.decode()


def test_a_further_film_has_the_days_of_its_other_shows(client, show, brazil):
    ShowFactory(movie=brazil, screen=ScreenFactory(theatre=show.screen.theatre), starts_at=show.starts_at)
    double_bill(movie=brazil, second=show.films[0], screen=show.screen, starts_at=show.starts_at + timedelta(days=2))

    later = {film.movie.title: film.later for film in client.get("/").context["programme"].films}
    assert later == {film: [show.trading_day + timedelta(days=2)] for film in ("Alien", "Brazil")}


def test_pages_take_the_same_statements_for_one_double_bill_and_for_many(client, show, statements):
    with statements() as one:
        client.get("/")
    for number in range(2):
        screen = ScreenFactory(theatre=show.screen.theatre)
        double_bill(movie=MovieFactory(), second=MovieFactory(title=f"Other {number}"), screen=screen)
    with statements() as many:
        client.get("/")

    assert len(many) == len(one)


@pytest.mark.parametrize("name", ["alien", "brazil"])
def test_the_page_of_each_film_has_it(client, show, name):
    page = client.get(reverse("movie", args=[name]))

    assert f"{TITLE} Doors 19:35, {TIMES}" in text(page)
    assert show.get_absolute_url() in page.content.decode()
    card = client.get(reverse("movie-card", args=[name]))
    assert card["Content-Type"] == "image/png"


@pytest.mark.parametrize("page", ["show", "film"])
def test_structured_data_has_both_films(client, show, brazil, page):
    found = things(client.get((show if page == "show" else brazil).get_absolute_url()).content.decode())

    assert complaints(found) == []
    [event] = [thing for thing in found if thing["@type"] == "ScreeningEvent"]
    assert event["name"] == TITLE
    site = "http://testserver"
    assert event["workPresented"] == [{"@id": site + film.get_absolute_url()} for film in show.films]


def test_map_checkout_and_ticket_have_the_films_their_times_and_the_stricter_age(client, show):
    hold, ticket = held(show, "A1"), sold(show, "A2", buyer="ben")

    for thing in (show, hold, ticket):
        page = text(browser("asha").get(thing.get_absolute_url()))
        assert TITLE in page
        assert TIMES in page
        assert "Adults only" in page


def test_the_mail_and_the_calendar_name_both_films(show):
    ticket = sold(show, "A1")

    [message] = outbox()
    assert message.subject.startswith(f"Your ticket: {TITLE}, ")
    assert TITLE.upper() in message.body
    assert TIMES in message.body
    event = entry(ticket)
    assert event["SUMMARY"] == f"{TITLE} at Galaxy"
    assert TIMES in event["DESCRIPTION"]
    assert event.decoded("dtend") == show.film_ends_at


def test_a_calendar_takes_the_new_title_of_a_further_film(show, brazil):
    ticket = sold(show, "A1")
    before = entry(ticket)["SEQUENCE"]
    Movie.objects.filter(pk=brazil.pk).update(title="Brazil (restored)", version=1)

    assert "restored" in entry(ticket)["SUMMARY"]
    assert entry(ticket)["SEQUENCE"] == before + 1


def test_feeds_name_both_films(client, show):
    [event] = Calendar.from_ical(client.get(reverse("movie-calendar", args=["brazil"])).content).walk("VEVENT")
    assert event["SUMMARY"] == f"{TITLE} at Galaxy"
    channel = ElementTree.fromstring(client.get(reverse("new-films")).content)[0]
    assert {item.findtext("title") for item in channel.iter("item")} == {"Alien", "Brazil"}
    assert all(TITLE in item.findtext("description") for item in channel.iter("item"))
    assert (
        f"<loc>http://testserver{reverse('movie', args=['brazil'])}</loc>"
        in client.get("/sitemap.xml").content.decode()
    )


def test_showtimes_for_aggregators_name_both_films(client, show):
    [row] = client.get(reverse("showtimes-json")).json()["showtimes"]
    assert (row["film"], row["films"], row["runtime_minutes"]) == (TITLE, ["Alien", "Brazil"], 260)
    assert (row["certificate"], row["year"]) == ("18", None)

    [line] = csv.DictReader(io.StringIO(client.get(reverse("showtimes-csv")).content.decode("utf-8-sig")))
    assert (line["film"], line["films"]) == (TITLE, "Alien; Brazil")


def test_the_api_has_the_films_with_their_times(client, show):
    found = client.get(f"/api/shows/{show.pk}/").json()

    assert (found["title"], found["certificate"]) == (TITLE, "18")
    assert [film["title"] for film in found["films"]] == ["Alien", "Brazil"]
    assert found["films"][1]["starts_at"].endswith("T22:15:00+05:30")


def test_the_buyer_of_a_cancelled_double_bill_may_choose_the_same_films_only(client, show, alien):
    ticket = sold(show, "A1")
    again = double_bill(movie=alien, second=show.films[1], screen=ScreenFactory(theatre=show.screen.theatre))
    ShowFactory(movie=alien, screen=ScreenFactory(theatre=show.screen.theatre))

    Show.objects.filter(pk=show.pk).update(status=Show.Status.CANCELLED)
    assert other_shows(ticket_by_reference(ticket.reference)) == [again]
