"""The bar with a buyer's held seats, on every page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from cinema.models import Hold
from tests.factories import ShowFactory, held
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(movie__title="The Lunchbox", starts_at=datetime(2100, 11, 26, 13, 0, tzinfo=UTC))


@pytest.fixture
def hold(show):
    return held(show, "A1 A2")


def more_time(hold, page):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    return browser("asha").post(reverse("hold-extension", args=[hold.code]), headers=headers, follow=True)


def has_way_on(response, hold):
    return f'<a class="btn btn-primary" href="{hold.get_absolute_url()}">' in response.content.decode()


def test_the_bar_names_the_seats_the_show_and_the_time_left(hold):
    assert "2 seats for The Lunchbox , Friday 26 November, 18:30 · until" in text(browser("asha").get("/"))


def test_a_show_after_midnight_names_its_night():
    held(ShowFactory(starts_at=datetime(2100, 11, 26, 19, 0, tzinfo=UTC)), "A1")

    assert "Saturday 27 November, 00:30 (night from Friday to Saturday)" in text(browser("asha").get("/"))


@pytest.mark.parametrize(("page", "way_on"), [("/", True), ("checkout", False), ("map", False)])
def test_it_leads_to_the_checkout_where_the_page_does_not(show, hold, page, way_on):
    address = {"checkout": hold.get_absolute_url(), "map": show.get_absolute_url()}.get(page, page)

    assert has_way_on(browser("asha").get(address), hold) is way_on


def test_more_time_keeps_the_way_to_the_checkout(hold):
    assert has_way_on(more_time(hold, "/?city=Mumbai"), hold)
    assert not has_way_on(more_time(hold, hold.get_absolute_url()), hold)


def test_only_the_last_minutes_ask_whether_more_time_is_needed(hold):
    assert "<span hidden>" in browser("asha").get("/").content.decode()

    Hold.objects.update(expires_at=hold.expires_at - timedelta(minutes=9))

    assert "<span hidden>" not in browser("asha").get("/").content.decode()


def test_several_holds_are_one_line_that_opens(hold):
    held(ShowFactory(), "A1")

    said = text(browser("asha").get("/"))

    assert "2 unpaid bookings · until" in said
    assert said.count("Release seats") == 2
