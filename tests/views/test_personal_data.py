"""Somebody with an account takes their data along, and deletes their account."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from cinema.models import AuditEvent, Order, Ticket, User
from cinema.selectors.privacy.personal_data import person_by_email, personal_data
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.people.failed_tries import LIMITS, Kind
from cinema.templatetags.personal_data import facts
from tests.factories import (
    PASSWORD,
    ShowFactory,
    UserFactory,
    counter_sale,
    on_invoice,
    owner,
    receipt_of,
    sold,
    starting_in,
    till_session,
)
from tests.personal import EMAIL, NAME, PHONE, places
from tests.views.browsers import text

pytestmark = pytest.mark.django_db

EXPORT, DELETE = reverse("account-export"), reverse("account-delete")


@pytest.fixture
def asha(client) -> User:
    user = UserFactory(email=EMAIL, name=NAME, phone=PHONE)
    client.force_login(user)
    return user


def hers() -> Ticket:
    ticket = sold(ShowFactory(), "A1")
    Order.objects.filter(tickets=ticket).update(name=NAME, email=EMAIL, phone=PHONE)
    return ticket


@pytest.mark.parametrize("url", [EXPORT, DELETE])
def test_the_page_needs_a_sign_in(client, url):
    assert client.get(url).url.startswith(reverse("sign-in"))
    assert client.post(url, {"password": PASSWORD}).url.startswith(reverse("sign-in"))


@pytest.mark.parametrize("url", [EXPORT, DELETE])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_it_takes_the_password(client, asha, url, password):
    response = client.post(url, {"password": password})

    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")
    assert User.objects.filter(pk=asha.pk, is_active=True).exists()


@pytest.mark.parametrize("url", [EXPORT, DELETE])
def test_guessing_it_there_comes_to_an_end(client, asha, url):
    for _ in range(LIMITS[Kind.PASSWORD].at_one_from_one):
        client.post(url, {"password": "wrong"})

    assert client.post(url, {"password": PASSWORD}).status_code == 429


def test_everything_kept_about_oneself_is_a_file(client, asha):
    ticket = hers()

    response = client.post(EXPORT, {"password": PASSWORD})

    data = json.loads(response.getvalue())
    assert (data["email"], data["account"][0]["phone"], data["tickets"][0]["reference"]) == (
        EMAIL,
        PHONE,
        ticket.reference,
    )
    assert AuditEvent.objects.get(action="EXPORT").person == asha


def test_the_file_has_what_was_paid_of_an_invoice(client, asha):
    show = ShowFactory()
    session = till_session(show.screen.theatre)
    invoice = on_invoice(session, counter_sale(session, show, "A1 A2"))
    Order.objects.update(name=NAME, email=EMAIL)
    paid = MoneyReceived("TRANSFER", Decimal(200), "a key of 16 chars", "T 4711")
    pay_invoice(theatre=session.theatre, code=invoice.code, paid=paid, by=session.opened_by)

    [ticket] = json.loads(client.post(EXPORT, {"password": PASSWORD}).getvalue())["tickets"]

    [[payment]] = [one["invoice_payments"] for one in ticket["payments"]]
    assert (payment["amount"], payment["mode"], payment["reference"]) == ("200.00", "Bank transfer", "T 4711")
    [item] = personal_data(person_by_email(EMAIL))["tickets"]
    assert "₹200, Bank transfer, T 4711" in dict(facts(item))["Payments"]


def test_the_file_names_receipts_and_the_company_on_them(client, asha):
    ticket = hers()
    Order.objects.update(company="Rao & Co", company_tax_number="27AAACR1234A1Z5")
    receipt = receipt_of(ticket)

    [found] = json.loads(client.post(EXPORT, {"password": PASSWORD}).getvalue())["tickets"]

    assert (found["company"], found["company_tax_number"]) == ("Rao & Co", "27AAACR1234A1Z5")
    assert [(one["number"], one["kind"], one["company"]) for one in found["receipts"]] == [
        (str(receipt), "receipt", "Rao & Co")
    ]


def test_an_account_is_deleted_with_everything_and_its_owner_is_signed_out(client, asha):
    starting_in(hers().show, timedelta(days=-1))

    response = client.post(DELETE, {"password": PASSWORD}, follow=True)

    assert "Your account and your data have been deleted." in text(response)
    assert list(places()) == []
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("account")).status_code == 302


def test_tickets_for_coming_shows_need_a_confirmation(client, asha):
    ticket = hers()
    assert ticket.get_absolute_url() in client.get(DELETE).content.decode()

    assert client.post(DELETE, {"password": PASSWORD}).status_code == 409
    assert User.objects.exists()

    assert client.post(DELETE, {"password": PASSWORD, "insist": "on"}).status_code == 303
    assert list(places()) == []
    assert client.get(ticket.get_absolute_url()).status_code == 200


def test_the_only_owner_cannot_leave(client):
    boss = owner()
    client.force_login(boss)

    response = client.post(DELETE, {"password": PASSWORD})

    assert response.status_code == 409
    assert "Make someone else an owner first." in text(response)


def test_the_account_page_leads_there(client, asha):
    page = client.get(reverse("account")).content.decode()

    assert EXPORT in page and DELETE in page
