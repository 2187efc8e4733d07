"""Tickets for the wallets of phones, as the page and the mail of a ticket offer them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cinema.models import Ticket
from cinema.models.codes import new_code
from cinema.services.orders.cancellations import cancel_ticket
from tests import wallets
from tests.factories import ShowFactory, sold, starting_in
from tests.mails import outbox
from tests.views.browsers import is_kept_nowhere, text

pytestmark = pytest.mark.django_db
WALLETS = ("apple", "google")


@pytest.fixture
def ticket() -> Ticket:
    return sold(ShowFactory(screen__plan="aaaa"), "A1 A2")


def url(wallet: str, code: str) -> str:
    return reverse(f"ticket-{wallet}-wallet", args=[code])


def test_the_page_offers_both_wallets_and_their_links_lead_to_passes(client: Client, ticket: Ticket, settings):
    wallets.offer_wallets(settings)
    page = client.get(ticket.get_absolute_url())
    found = client.get(url("apple", ticket.code))

    assert "Add to Apple Wallet Save to Google Wallet" in text(page)
    assert found.headers["Content-Type"] == "application/vnd.apple.pkpass"
    assert found.headers["Content-Disposition"] == f'attachment; filename="ticket-{ticket.reference}.pkpass"'
    assert wallets.opened(found.content)
    assert client.get(url("google", ticket.code)).headers["Location"].startswith("https://pay.google.com/gp/v/save/ey")
    assert all(is_kept_nowhere(client.get(url(wallet, ticket.code))) for wallet in WALLETS)


def test_without_keys_neither_is_offered(client: Client, ticket: Ticket):
    assert "Wallet" not in text(client.get(ticket.get_absolute_url()))
    assert [client.get(url(wallet, ticket.code)).status_code for wallet in WALLETS] == [404, 404]


@pytest.mark.parametrize(
    "end", [lambda ticket: cancel_ticket(code=ticket.code), lambda ticket: starting_in(ticket.show, timedelta(days=-1))]
)
def test_a_ticket_that_admits_nobody_any_more_is_not_put_into_a_wallet(end, client: Client, ticket: Ticket, settings):
    wallets.offer_wallets(settings)
    end(ticket)

    assert "Wallet" not in text(client.get(ticket.get_absolute_url()))
    assert [client.get(url(wallet, ticket.code)).status_code for wallet in WALLETS] == [404, 404]


def test_nobody_gets_a_pass_by_a_reference_or_a_guess(client: Client, ticket: Ticket, settings):
    wallets.offer_wallets(settings)

    for code in (ticket.reference, new_code(), ticket.code[:-1]):
        assert [client.get(url(wallet, code)).status_code for wallet in WALLETS] == [404, 404]


@pytest.mark.parametrize("offered", [True, False])
def test_the_mail_leads_to_the_wallets_that_are_offered(offered: bool, ticket: Ticket, settings):
    if offered:
        wallets.offer_wallets(settings)
    [mail] = outbox()

    assert (f"Add it to Apple Wallet: http://testserver{url('apple', ticket.code)}\n" in mail.body) == offered
    assert (f"Save it to Google Wallet: http://testserver{url('google', ticket.code)}\n" in mail.body) == offered
    assert ("Wallet" in str(mail.alternatives[0])) == offered
