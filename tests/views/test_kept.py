"""What a phone keeps for a time without a network, as the server writes it."""

import json
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from django.urls import reverse

from cinema.models import Ticket
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import CONTACT, ShowFactory, UserFactory, cancelled, sold, sold_at_till, starting_in, till_session
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket() -> Ticket:
    return sold(ShowFactory(movie__title="The Lunchbox", screen__plan="aaaa"), "A1 A2")


def kept(ticket: Ticket) -> str:
    return reverse("ticket-kept", args=[ticket.code])


def test_a_ticket_for_keeping_has_its_code_and_what_the_list_shows_but_no_name(client: Client, ticket: Ticket):
    page = client.get(kept(ticket))
    facts = json.loads(unquote(page["Kept-Ticket"]))

    assert 'class="qr"' in page.content.decode()
    assert (facts["title"], facts["seats"]) == ("The Lunchbox", "A 1–2")
    assert facts["until"] == ticket.show.ends_at.isoformat()
    assert not any(said in page.content.decode() for said in (CONTACT.name, CONTACT.email, "csrf"))


def test_the_longest_title_leaves_proxies_enough_room_for_headers(client: Client):
    ticket = sold(ShowFactory(movie__title="ल" * 200, screen__plan="aaaa"), "A1 A2")
    page = client.get(f"/hi{kept(ticket)}")

    assert sum(len(name) + len(value) + 4 for name, value in page.items()) < 3_000  # of nginx's 4,096


def test_the_seats_of_a_school_leave_proxies_enough_room_too(client: Client):
    show = ShowFactory(screen__plan="\n".join(["aa"] * 20))
    ticket = sold_at_till(
        till_session(show.screen.theatre), show, " ".join(f"{row}1 {row}2" for row in "ABCDEFGHJKLMN")
    )
    seats = json.loads(unquote(client.get(kept(ticket))["Kept-Ticket"]))["seats"]

    assert seats.startswith("A 1–2 · B 1–2") and seats.endswith("…")
    assert len(seats) == 100


def test_no_kept_page_shows_who_is_signed_in(ticket: Ticket):
    client = browser("asha")
    client.force_login(UserFactory(name="Asha Rao", email="asha@example.org"))

    for url in (kept(ticket), reverse("kept-tickets")):
        page = client.get(url)
        assert not any(said in page.content.decode() for said in ("Asha Rao", "asha@example.org", "csrf")), url
        assert not page.cookies, url


@pytest.mark.parametrize(
    "end",
    [
        lambda ticket: cancel_ticket(code=ticket.code),
        lambda ticket: cancelled(ticket.show),
        lambda ticket: starting_in(ticket.show, timedelta(days=-1)),
    ],
)
def test_a_ticket_that_admits_nobody_any_more_is_gone(end, client, ticket: Ticket):
    assert f'data-url="{kept(ticket)}"' in client.get(ticket.get_absolute_url()).content.decode()
    end(ticket)

    assert client.get(kept(ticket)).status_code == 410
    assert 'data-url=""' in client.get(ticket.get_absolute_url()).content.decode()


def test_the_worker_works_for_all_pages_and_is_asked_for_anew_each_time(client: Client):
    worker = client.get("/worker.js")

    assert worker["Content-Type"] == 'text/javascript; charset="utf-8"'
    assert "no-cache" in worker["Cache-Control"]


def test_the_list_says_what_is_kept_in_the_visitors_language(client: Client):
    assert "Tickets on this device" in text(client.get("/kept-tickets/"))
    assert 'lang="de"' in client.get("/de/kept-tickets/").content.decode()
    assert 'data-here="/de/kept-tickets/"' in client.get("/de/kept-tickets/").content.decode()
