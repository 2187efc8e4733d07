"""What is recorded of a buyer at a provider's payment page, at Stripe as a fake."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.chaos import checks
from tests.chaos.books import Books, Paid, Sold
from tests.chaos.history import History
from tests.chaos.providers import Providers
from tests.chaos.record import Record
from tests.chaos.wire import Line

SESSION = {
    "id": "cs_1",
    "amount_total": 40000,
    "currency": "inr",
    "client_reference_id": "payment",
    "metadata": {"reference": "payment"},
    "status": "open",
    "success_url": "/back/",
    "cancel_url": "/",
}
TICKET = Sold(1, "CONFIRMED", "", "REF", 400)


@pytest.fixture
def providers() -> Iterator[Providers]:
    """Both, with an open page at Stripe."""
    providers = Providers(Random(1))
    with providers.running():
        providers.providers[0].fake.sessions["cs_1"] = dict(SESSION)
        yield providers


def decide(providers: Providers, decision: str) -> tuple[bool, Record]:
    """Do that on the page; return whether it is paid, and the record of it."""
    history, stripe = History(10), providers.providers[0].fake
    paid = providers.decide(Line(0, "buyer", history, Random(1)), f"{stripe.url}/pay/cs_1", decision)
    books = Books(charges=providers.charges(), tickets={"ticket": TICKET})
    books.payments["payment"] = Paid("ticket", TICKET.price, "SUCCESS")
    return paid, Record(history.answers, books, "", "", [], [])


@pytest.mark.parametrize("decision", ["pay", "sca", "decline"])
def test_a_page_that_is_over_takes_no_order(providers, decision):
    providers.providers[0].fake.expire("cs_1")

    paid, record = decide(providers, decision)

    assert not paid
    assert checks.decided(record.answers) == {}
    assert list(checks.nothing_lost(record)) == []


def test_an_order_that_a_page_took_is_looked_up_in_the_books(providers):
    paid, record = decide(providers, "pay")
    assert paid
    assert list(checks.nothing_lost(record)) == []

    record.books.charges.clear()

    assert len(list(checks.nothing_lost(record))) == 1
