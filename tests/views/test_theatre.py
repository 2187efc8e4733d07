"""A theatre's page."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cinema.models import Appearance
from tests.factories import (
    GenreFactory,
    MovieFactory,
    ScreenFactory,
    ShowFactory,
    TheatreFactory,
    UserFactory,
    listed,
    seat_ids,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


def get(client, theatre, query="", **headers):
    return client.get(theatre.get_absolute_url() + query, **headers)


def test_the_page_says_where_it_is_and_what_it_has(client):
    theatre = TheatreFactory(name="Galaxy", address="5 Marine Drive", city="Mumbai")
    screen = ScreenFactory(theatre=theatre, name="Balcony", rows=3, columns=8)
    listed(screen=screen, movie=MovieFactory(title="Mandi"))

    page = get(client, theatre).content.decode()

    for part in ("Galaxy", "5 Marine Drive, Mumbai", "Balcony", "24 seats", "India Time", "Mandi"):
        assert part in page


@pytest.mark.usefixtures("appearances_are_read")
def test_the_page_says_how_to_get_there_whom_to_ring_and_that_carers_come_free(client):
    theatre = TheatreFactory(address="5 Marine Drive", city="Mumbai", carer_free=True)
    Appearance.objects.create(theatre=theatre, phone="+91 22 5555 0100")

    page = get(client, theatre).content.decode()

    way = r'href="https://www.openstreetmap.org/search\?query=5\+Marine\+Drive%2C\+Mumbai" rel="external noopener'
    assert re.search(way, page)
    assert re.search(r'Box office:\s*<a href="tel:\+91%2022%205555%200100">', page)
    assert "Carers come free with a wheelchair space." in page


def test_a_day_can_be_chosen(client):
    theatre = TheatreFactory()
    today, later = listed(theatre=theatre), listed(theatre=theatre, days=2)

    page = get(client, theatre, f"?day={later.trading_day}", HTTP_HX_REQUEST="true").content.decode()

    assert later.get_absolute_url() in page
    assert today.get_absolute_url() not in page
    assert "<html" not in page


@pytest.mark.parametrize("query", ["?day=never", "?day=1999-12-31"])
def test_a_day_that_cannot_be_shown_gets_a_note(client, query):
    show = listed()

    response = get(client, show.screen.theatre, query)

    assert "Showing the next shows." in response.content.decode()
    assert show.get_absolute_url() in response.content.decode()


def test_an_unknown_theatre_is_not_found(client):
    assert client.get(reverse("theatre", args=["nothing"])).status_code == 404


def test_at_most_ten_queries_however_many_films_and_screens(client):
    show = ShowFactory()
    theatre = show.screen.theatre
    client.force_login(UserFactory())
    client.post(reverse("show-hold", args=[show.pk]), {"seats": seat_ids(show, "A1")})
    counts = {}
    for number in (1, 3, 30):
        while theatre.screens.count() <= number:
            extra = listed(theatre=theatre)
            extra.movie.genres.add(GenreFactory(name=f"Genre {extra.pk}"))
        with CaptureQueriesContext(connection) as queries:
            page = get(client, theatre).content.decode()
        assert page.count('class="film"') == number
        counts[number] = len(queries)

    assert set(counts.values()) == {10}


@pytest.mark.parametrize(
    ("percent", "minutes", "said"),
    [
        (100, 120, "Free cancellation until 2 h before the show."),
        (100, 0, "Free cancellation until the show starts."),
        (80, 60, "80% back if you cancel at least 1 h before the show."),
        (0, 60, "Tickets are non-refundable."),
    ],
)
def test_the_page_shows_the_cancellation_terms(client, percent, minutes, said):
    assert said in text(get(client, TheatreFactory(refund_percent=percent, cancel_cutoff=minutes)))
