"""A gift card is never overspent, however many orders spend it at once."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError

from cinema.exceptions import GiftCardEmpty
from cinema.models import GiftCard, MoneyEntry, Payment
from cinema.services.booking.booking import book_holds
from cinema.services.booking.booking_requests import Basket, BookingRequest
from tests.concurrency.harness import Outcome, race, without_constraints, without_locks
from tests.factories import (
    CONTACT,
    ShowFactory,
    TheatreFactory,
    counter_sale,
    gift_card,
    held,
    paid_at_till,
    till_session,
)
from tests.trail import alterable_trail

pytestmark = pytest.mark.django_db(transaction=True)

BUYERS = 20


@pytest.fixture
def card() -> GiftCard:
    """A card for four of the twenty seats, which cost 250 each."""
    return gift_card(amount=1000)


@pytest.fixture
def buyers(card: GiftCard) -> list[Callable[[], Payment]]:
    """Each checks out one seat, of a show of their own, with the same card."""
    return [partial(check_out, f"buyer {number}", card) for number in range(BUYERS)]


def check_out(buyer: str, card: GiftCard, hold: str = "") -> Payment:
    request = BookingRequest(CONTACT, "UPI", f"key of {buyer}", gift_cards=[card.code])
    return book_holds(basket=Basket(buyer, [hold or HOLDS[buyer]]), request=request)


HOLDS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def holds() -> None:
    for number in range(BUYERS):
        show = ShowFactory(screen__rows=1, screen__columns=2)
        HOLDS[f"buyer {number}"] = held(show, "A1", buyer=f"buyer {number}").code


def spent(card: GiftCard) -> int:
    return sum(Payment.objects.filter(gift_card=card).values_list("amount", flat=True))


def outcomes(buyers: list[Callable[[], Payment]], **how: float) -> list[Outcome]:
    return race(*buyers, **how)


def test_twenty_orders_at_once_spend_what_is_on_the_card(card: GiftCard, buyers: list[Callable[[], Payment]]):
    found = outcomes(buyers)

    card.refresh_from_db()
    assert (spent(card), card.balance) == (1000, 0)
    assert sum(isinstance(outcome.error, GiftCardEmpty) for outcome in found) == BUYERS - 4


def test_of_four_tills_at_once_one_takes_the_last_of_the_card():
    theatre, card, sales = TheatreFactory(), gift_card(amount=250), []
    for number in range(4):
        session, show = till_session(theatre), ShowFactory(screen__theatre=theatre, screen__rows=1, screen__columns=2)
        sale = counter_sale(session, show, "A1", buyer=f"counter {number}")
        sale = sale._replace(chosen=sale.chosen._replace(gift_cards=[card.code]))
        sales.append(partial(paid_at_till, session, sale))

    found = race(*sales)

    card.refresh_from_db()
    assert (spent(card), card.balance) == (250, 0)
    assert sum(isinstance(outcome.error, GiftCardEmpty) for outcome in found) == 3


@pytest.mark.nightly
@pytest.mark.only("postgresql")  # on SQLite the balance is read after the first write, and so by one at a time
def test_without_protection_orders_overspend_the_card(card: GiftCard, buyers: list[Callable[[], Payment]]):
    with without_constraints("gift_card_never_overspent"), without_locks():
        outcomes(buyers[:6], patience=20)
        overspent, left = spent(card), GiftCard.objects.get(pk=card.pk).balance
        with alterable_trail():
            MoneyEntry.objects.all()._raw_delete("default")  # which names the payments that the control deletes

    assert overspent > 1000
    assert left < 0


@pytest.mark.nightly
def test_even_without_locks_the_database_lets_nobody_overspend_the_card(
    card: GiftCard, buyers: list[Callable[[], Payment]]
):
    with without_locks():
        found = outcomes(buyers[:6], patience=20)

    card.refresh_from_db()
    assert (spent(card), card.balance) == (1000, 0)
    assert sum(isinstance(outcome.error, IntegrityError | GiftCardEmpty) for outcome in found) == 2
