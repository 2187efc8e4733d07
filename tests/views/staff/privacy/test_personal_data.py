"""An owner looks what is kept of a person, hands it over, and erases it."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from cinema.models import AuditEvent, Order, User
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import ShowFactory, UserFactory, owner, receipt_of, sold, starting_in, waiting
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db

QUERIES = 30

LOOK, EXPORT, ERASE = (reverse(f"staff-legal-person{name}") for name in ("", "-export", "-erase"))
ASHA = {"email": "asha@example.org"}


@pytest.fixture
def boss():
    return owner(name="Olga")


@pytest.fixture
def client(boss):
    client = browser()
    client.force_login(boss)
    return client


@pytest.fixture
def ticket():
    return sold(ShowFactory(movie__title="The Lunchbox"), "A1 A2")


def test_it_asks_for_an_address(client):
    assert client.get(LOOK).status_code == 200
    assert client.post(LOOK, {"email": "asha"}).status_code == 400


def test_what_is_kept_is_shown_by_what_it_is(client, ticket):
    UserFactory(email="asha@example.org", phone="022 1234")
    full = ShowFactory(screen__plan="aa", movie__title="Masaan")
    sold(full, "A1 A2", buyer="ben")
    waiting(full, "asha@example.org")

    page = text(client.post(LOOK, {"email": " ASHA@example.org"}))

    for said in (
        "Account",
        "022 1234",
        "Tickets",
        ticket.reference,
        "The Lunchbox",
        "seat 1",
        "Waiting lists",
        "Masaan",
    ):
        assert said in page


def test_receipts_are_shown_with_the_company_they_name(client, ticket):
    Order.objects.update(company="Rao & Sons", company_tax_number="27AAACR")
    receipt = receipt_of(ticket)

    page = text(client.post(LOOK, ASHA))

    assert "Rao & Sons" in page and "27AAACR" in page and str(receipt) in page


def test_an_unknown_person_has_no_data(client):
    page = client.post(LOOK, {"email": "nobody@example.org"})

    assert "There is no data about nobody@example.org." in text(page)
    assert ERASE not in page.content.decode()


def test_looking_takes_as_many_queries_for_one_ticket_as_for_many(client, django_assert_num_queries, ticket):
    client.post(LOOK, ASHA)
    with django_assert_num_queries(QUERIES):
        client.post(LOOK, ASHA)
    show = ShowFactory(screen__rows=4)
    for number in range(1, 9):
        cancel_ticket(code=sold(show, f"B{number}", buyer=f"{number}").code)
        sold(show, f"C{number}", buyer=f"c{number}")
    with django_assert_num_queries(QUERIES):
        client.post(LOOK, ASHA)


def test_the_file_has_everything_and_that_it_was_taken_stands_in_the_trail(client, boss, ticket):
    asha = UserFactory(email="asha@example.org")

    response = client.post(EXPORT, ASHA)

    assert response["Content-Disposition"] == 'attachment; filename="personal-data.json"'
    assert "no-store" in response["Cache-Control"]
    data = json.loads(response.getvalue())
    assert data["email"] == "asha@example.org"
    [kept] = data["tickets"]
    assert (kept["reference"], kept["phone"], kept["payments"][0]["amount"]) == (
        ticket.reference,
        "+91 98200 12345",
        "500.00",
    )
    assert [seat["seat"] for seat in kept["seats"]] == ["Row A, seat 1", "Row A, seat 2"]
    assert data["account"][0]["name"] == asha.name
    event = AuditEvent.objects.get(action="EXPORT")
    assert (event.user, event.person) == (boss, asha)


def test_the_file_does_not_tell_of_those_the_account_booked_for(client, ticket):
    kiosk = UserFactory(email="kiosk@example.org")
    Order.objects.update(user=kiosk)

    said = client.post(EXPORT, {"email": "kiosk@example.org"}).getvalue().decode()

    assert ticket.reference in said
    assert "asha@example.org" not in said and "Asha" not in said.replace(kiosk.name, "")


def test_a_person_is_erased(client, boss, ticket):
    starting_in(ticket.show, timedelta(days=-1))

    response = client.post(ERASE, ASHA | {"confirm": "on"}, follow=True)

    assert "This person’s data has been erased." in text(response)
    ticket.refresh_from_db()
    assert (ticket.order.name, ticket.order.email, ticket.order.phone) == (Order.ERASED, "", "")
    assert AuditEvent.objects.get(action="ERASE").user == boss


def test_an_unfinished_ticket_is_named_and_erased_only_by_insisting(client, ticket):
    page = client.post(LOOK, ASHA)
    assert "Some of their tickets are for upcoming shows" in text(page)

    refused = client.post(ERASE, ASHA | {"confirm": "on"})
    assert refused.status_code == 409
    assert ticket.reference in text(refused)
    ticket.refresh_from_db()
    assert ticket.order.email

    client.post(ERASE, ASHA | {"confirm": "on", "insist": "on"})
    ticket.refresh_from_db()
    assert not ticket.order.email


def test_nothing_is_erased_without_a_confirmation(client, ticket):
    response = client.post(ERASE, ASHA | {"insist": "on"})

    assert response.status_code == 400
    ticket.refresh_from_db()
    assert ticket.order.email


def test_the_only_owner_cannot_be_erased(client, boss):
    response = client.post(ERASE, {"email": boss.email, "confirm": "on"})

    assert response.status_code == 409
    assert "the only owner" in text(response)
    assert User.objects.filter(pk=boss.pk).exists()


def test_an_erased_order_is_still_found_by_its_reference(client, ticket):
    client.post(ERASE, ASHA | {"confirm": "on", "insist": "on"})

    page = client.get(reverse("staff-orders-order", args=[ticket.show.screen.theatre.slug, ticket.reference]))

    assert page.status_code == 200
    assert "erased" in text(page)


def test_addresses_stand_in_no_url(client):
    for url in (LOOK, EXPORT, ERASE):
        assert "Location" not in client.get(url, ASHA)
    assert "asha@example.org" not in client.get(LOOK, ASHA).content.decode()
