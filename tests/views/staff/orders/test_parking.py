"""Parking and reserving a sale on the page of the counter."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cinema.models import Hold, ParkedSale, Show
from cinema.selectors.orders.parking import parked_sales
from tests.factories import BOX_OFFICE, ScreenFactory, lapsed, parked, price_card, staff, till_session
from tests.views.browsers import text
from tests.views.staff.orders.test_counter import adults, tender, today, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    screen = ScreenFactory(plan="aaaaaaaa")
    return today(screen, price_card(screen.theatre, adult=250, child=150))


@pytest.fixture
def theatre(show):
    return show.screen.theatre


@pytest.fixture
def session(theatre, client):
    user = staff(theatre, BOX_OFFICE)
    client.force_login(user)
    return till_session(theatre, user, float=500)


def test_a_sale_is_parked_and_taken_up_while_another_is_sold(client, theatre, session, show):
    client.post(url(theatre, "-add"), adults(2, show=show.pk))
    page = client.post(url(theatre, "-park"), {"word": "red hat", "minutes": "30"}, follow=True)
    assert "The sale is parked: red hat." in text(page)
    assert "2 seats" in text(page)
    page = client.post(url(theatre, "-add"), adults(1, show=show.pk), follow=True)
    assert "red hat" not in text(page)
    client.post(url(theatre, "-pay"), tender(page))
    [one] = parked_sales(theatre)
    page = client.post(url(theatre, "-parked-resume", one.sale.code), follow=True)
    assert "2 × Adult" in text(page)
    done = client.post(url(theatre, "-pay"), tender(page), follow=True)
    assert "Sold:" in text(done)
    assert not ParkedSale.objects.exists()


def test_seats_are_reserved_until_before_the_show(client, theatre, session, show):
    client.post(url(theatre, "-add"), adults(2, show=show.pk))
    page = client.post(url(theatre, "-park"), {"word": "Asha", "minutes": "10", "reserve": "1"}, follow=True)
    assert "Reserved for Asha until" in text(page)
    assert (Show.objects.get().starts_at - Hold.objects.get().expires_at).total_seconds() == 600


@pytest.mark.parametrize("asked", ["asha.rao@example.org", "ASHA", "rao@exam"])
def test_a_reservation_is_found_among_the_orders_by_email(client, theatre, session, show, asked):
    parked(session, show, "A1 A2", "asha.rao@example.org", before=timedelta(minutes=5))
    parked(session, show, "A3", "red hat")

    page = client.get(reverse("staff-orders", args=[theatre.slug]), {"q": asked})

    assert "asha.rao@example.org" in text(page) and "red hat" not in text(page)
    assert "Reserved until" in text(page) and "No orders match" not in text(page)


def test_what_has_no_letter_finds_no_reservation(client, theatre, session, show):
    parked(session, show, "A3", "red hat")
    assert "red hat" not in text(client.get(reverse("staff-orders", args=[theatre.slug]), {"q": "!!"}))


def test_a_reservation_for_a_show_that_begins_too_soon_is_refused(client, theatre, session, show):
    client.post(url(theatre, "-add"), adults(2, show=show.pk))
    page = client.post(url(theatre, "-park"), {"word": "Asha", "minutes": "60", "reserve": "1"}, follow=True)
    assert "The show begins too soon for that." in text(page)
    assert "2 × Adult" in text(page)


@pytest.mark.parametrize("form", [{}, {"word": " "}, {"word": "x" * 61}, {"word": "x", "minutes": "soon"}])
def test_a_word_that_cannot_be_is_refused(client, theatre, session, show, form):
    client.post(url(theatre, "-add"), adults(2, show=show.pk))
    page = client.post(url(theatre, "-park"), form, follow=True)
    assert "notice-error" in page.content.decode()
    assert not ParkedSale.objects.exists()


def test_a_parked_sale_whose_time_is_over_says_so_and_is_removed(client, theatre, session, show):
    sale = parked(session, show, "A1")
    lapsed(Hold.objects.get())
    page = client.get(url(theatre))
    assert "Its time is over: the seats are no longer held." in text(page)
    assert "Take up" not in text(page)
    client.post(url(theatre, "-parked-release", sale.code))
    assert not ParkedSale.objects.exists()


def test_a_sale_whose_time_ran_out_while_it_was_taken_up_says_so(client, theatre, session, show):
    sale = parked(session, show, "A1")
    lapsed(Hold.objects.get())
    page = client.post(url(theatre, "-parked-resume", sale.code), follow=True)
    assert "The seats of this sale are no longer held." in text(page)


def test_the_sale_in_hand_is_not_lost_to_a_parked_one(client, theatre, session, show):
    sale = parked(session, show, "A1")
    client.post(url(theatre, "-add"), adults(2, show=show.pk))
    page = client.post(url(theatre, "-parked-resume", sale.code), follow=True)
    assert "Please finish or park the sale in hand first." in text(page)
    assert ParkedSale.objects.exists()


def test_a_sale_that_somebody_else_took_up_says_so(client, theatre, session, show):
    sale = parked(session, show, "A1")
    ParkedSale.objects.all().delete()
    page = client.post(url(theatre, "-parked-resume", sale.code), follow=True)
    assert "Somebody has taken this sale up already" in text(page)
