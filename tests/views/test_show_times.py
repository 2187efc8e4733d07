"""When doors open, the film itself begins and ends, and how soon, on every page that names a show."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from cinema.models import Show
from cinema.templatetags import show_times
from tests.factories import ShowFactory, cancelled, held, sold
from tests.mails import outbox
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db
TIMES = "Doors 19:40, film about 20:05, ends about 22:10"


@pytest.fixture
def show() -> Show:
    starts_at = datetime(2099, 11, 26, 14, 20, tzinfo=UTC)  # 19:50 in India
    return ShowFactory(
        starts_at=starts_at, movie__runtime=125, trailers=15, screen__theatre__doors=10, screen__plan="aa"
    )


def test_film_page_map_checkout_and_ticket_have_all_times(client, show):
    for url in (show.movie.get_absolute_url(), show.get_absolute_url()):
        assert TIMES in text(client.get(url)), url
    ticket, hold = sold(show, "A2"), held(show, "A1", buyer="ben")
    for url in (hold.get_absolute_url(), ticket.get_absolute_url()):
        assert TIMES in text(browser("ben").get(url)), url


def test_the_programme_has_the_short_form(client, show):
    page = text(client.get(reverse("programme"), {"day": "2099-11-26"}))
    assert "doors 19:40 film 20:05–22:10" in page and TIMES not in page


def test_the_mail_of_a_ticket_says_it_in_both_its_forms(show):
    sold(show, "A1")
    [message] = [message for message in outbox() if "ticket" in message.subject.lower()]
    assert TIMES in message.body and TIMES in message.alternatives[0][0]


def test_doors_that_open_at_the_start_are_not_named_nor_times_of_a_cancelled_show(show):
    show.screen.theatre.doors = 0
    assert show_times.show_times(show) == "Film about 20:05, ends about 22:10"
    assert show_times.doors_open(show) == ""
    assert show_times.show_times(cancelled(show)) == ""


@pytest.mark.parametrize(
    ("left", "words"),
    [(-1, ""), (0, ""), (0.5, "in 1 minute"), (24.5, "in 25 minutes"), (60, "in 60 minutes"), (61, "")],
)
def test_the_last_hour_before_a_show_is_counted_in_minutes(show, monkeypatch, left, words):
    monkeypatch.setattr(timezone, "now", lambda: show.starts_at - timedelta(minutes=left))
    said = show_times.starts_in(show)
    assert (words in said) if words else said == ""


def test_minutes_are_counted_in_the_language_of_the_page(show, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: show.starts_at - timedelta(minutes=25))
    with override("de"):
        assert "in 25 Minuten" in show_times.starts_in(show)


def test_pages_count_on_although_they_are_drawn_once(client):
    show = ShowFactory(starts_at=timezone.now() + timedelta(minutes=30, seconds=-5))
    urls = [reverse("programme"), show.movie.get_absolute_url(), show.get_absolute_url()]
    assert all("in 30 minutes" in text(client.get(url)) for url in urls)

    Show.objects.update(starts_at=timezone.now() + timedelta(minutes=12, seconds=-5))
    assert all("in 12 minutes" in text(client.get(url)) for url in urls)


def test_a_show_that_was_moved_says_from_when_on_film_page_and_map(client, show):
    for before, words in (
        (timedelta(hours=1), "moved from 18:50"),
        (timedelta(days=1), "moved from Wed 25 Nov, 19:50"),
    ):
        Show.objects.update(moved_from=show.starts_at - before)
        for url in (show.movie.get_absolute_url(), show.get_absolute_url()):
            assert words in text(client.get(url)), url
