"""Gift cards at the counter: the pages that sell, print, void and refund them."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from cinema.models import GiftCard, Order, Refund
from cinema.selectors.money.tills import in_drawer
from cinema.services.money.gift_card_returns import refund_gift_card
from tests.factories import (
    BOX_OFFICE,
    MANAGER,
    ScreenFactory,
    ShowFactory,
    owner,
    paid_at_till,
    sale_of_cards,
    seat_ids,
    staff,
    till_session,
)
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def amounts(settings):
    settings.GIFT_CARD_AMOUNTS = [Decimal(50), Decimal(100)]


@pytest.fixture
def show():
    return ShowFactory(screen=ScreenFactory(plan="aaaaaaaa"))


@pytest.fixture
def theatre(show):
    return show.screen.theatre


@pytest.fixture
def seller(theatre, client):
    user = staff(theatre, BOX_OFFICE)
    client.force_login(user)
    return user


@pytest.fixture
def session(theatre, seller):
    return till_session(theatre, seller, float=500)


def url(theatre, name="", *more) -> str:
    return reverse(f"staff-sell{name}", args=[theatre.slug, *more])


def tender(page, **more) -> dict:
    hidden = re.findall(r'name="(total|rest|key)" value="([^"]*)"', page.content.decode())
    return {"mode": "CASH"} | dict(hidden) | more


def seen(client, theatre) -> dict:
    """How many gift cards the page says are in the sale."""
    return dict(re.findall(r'name="(seen)" value="(\d+)"', client.get(url(theatre)).content.decode()))


def added(client, theatre, **card):
    return client.post(url(theatre, "-gift-card"), seen(client, theatre) | card, follow=True)


def removed(client, theatre, number):
    return client.post(url(theatre, "-gift-card-remove", number), seen(client, theatre), follow=True)


def test_two_clicks_add_one_gift_card_and_take_one_out(client, theatre, session):
    form = seen(client, theatre) | {"amount": "60"}
    for _click in range(2):
        page = client.post(url(theatre, "-gift-card"), form, follow=True)
    assert "To pay ₹60" in text(page)

    added(client, theatre, amount="75")
    form = seen(client, theatre)
    for _click in range(2):
        page = client.post(url(theatre, "-gift-card-remove", 1), form, follow=True)
    assert "To pay ₹75" in text(page)


def test_a_gift_card_is_sold_and_printed_with_its_code(client, theatre, session):
    page = added(client, theatre, amount="75", card_email="Ben@Example.com ")
    assert "Gift card ben@example.com" in text(page) and "To pay ₹75" in text(page)
    done = client.post(url(theatre, "-pay"), tender(page, amount="100"), follow=True)
    assert "Change ₹25" in text(done)
    card, order = GiftCard.objects.get(), Order.objects.get()
    assert (card.balance, card.recipient_email) == (75, "ben@example.com")
    paper = client.get(url(theatre, "-print", order.reference))
    assert card.groups in text(paper) and "₹75" in text(paper) and "data-print-now" in paper.content.decode()


def test_the_lowest_amount_is_sold_unless_another_is_typed_or_touched(client, theatre, session):
    added(client, theatre)
    page = added(client, theatre, quick="100", amount="60")
    assert "To pay ₹150" in text(page)
    page = removed(client, theatre, 1)
    assert "To pay ₹100" in text(page)
    page = removed(client, theatre, 9)
    assert "To pay ₹100" in text(page)


@pytest.mark.parametrize("amount", ["49", "101", "-5", "0.001", "many", "nan"])
def test_an_amount_that_is_not_offered_is_refused(client, theatre, session, amount):
    page = added(client, theatre, amount=amount)
    assert page.status_code == 400 and "This sale" not in text(page)


def test_gift_cards_are_offered_only_where_they_are_sold(client, theatre, session, settings):
    assert "Sell a gift card" in text(client.get(url(theatre)))
    settings.GIFT_CARD_AMOUNTS = []
    assert "Sell a gift card" not in text(client.get(url(theatre)))
    assert added(client, theatre, amount="50").status_code == 404


def test_tickets_and_gift_cards_are_one_sale(client, theatre, session, show):
    added(client, theatre, amount="50")
    page = client.post(url(theatre, "-add"), {"show": show.pk, "kind-0": 1, "seats": seat_ids(show, "A1")}, follow=True)
    assert "To pay ₹300" in text(page) and "Invoice" not in text(page)
    client.post(url(theatre, "-pay"), tender(page))
    order = Order.objects.get()
    assert (order.total, order.tickets.count(), GiftCard.objects.get().balance) == (300, 1, 50)
    page = text(client.get(reverse("staff-orders-order", args=[theatre.slug, order.reference])))
    assert "Gift card" in page


def test_nothing_is_added_to_a_sale_that_is_paid_in_part(client, theatre, session, show):
    page = added(client, theatre, amount="50")
    page = client.post(url(theatre, "-pay"), tender(page, amount="20"), follow=True)
    assert "Paid −₹20" in text(page) and "Sell a gift card" not in text(page)
    assert added(client, theatre, amount="50").status_code == 409
    tickets = client.post(url(theatre, "-add"), {"show": show.pk, "kind-0": 1})
    assert tickets.status_code == 409
    client.post(url(theatre, "-drop"))
    order = Order.objects.get()
    page = client.post(url(theatre, "-resume", order.reference), follow=True)
    assert "To pay ₹30" in text(page)


def test_a_sale_whose_session_was_lost_sells_its_cards_no_second_time(client, theatre, session):
    page = added(client, theatre, amount="50")
    before = client.session["sale"]
    client.post(url(theatre, "-pay"), tender(page))
    kept = client.session
    kept["sale"] = before
    kept.save()
    assert "This sale" not in text(client.get(url(theatre)))
    assert "To pay ₹100" in text(added(client, theatre, amount="100"))


def test_the_page_of_a_card_prints_voids_and_pays_out(client, theatre, session):
    card = GiftCard.objects.get(order_line__order=paid_at_till(session, sale_of_cards(session, 50)).order)
    client.force_login(staff(theatre, MANAGER))
    card_page = reverse("staff-gift-cards-card", args=[theatre.slug, card.pk])
    page = client.get(card_page)
    reference = card.order_line.order.reference
    assert url(theatre, "-print", reference) in page.content.decode()
    assert url(theatre, "-void-sold", reference) in page.content.decode()
    refund_gift_card(theatre=theatre, pk=card.pk, user=owner())
    page = client.get(card_page)
    assert "₹50 is to be paid out at a till." in text(page)
    assert url(theatre, "-payout", Refund.objects.get().code) in page.content.decode()
    assert "blocked" in text(client.get(url(theatre, "-print", reference)))


def test_a_sale_of_a_gift_card_is_voided_with_a_reason(client, theatre, session):
    order = paid_at_till(session, sale_of_cards(session, 50)).order
    client.force_login(staff(theatre, MANAGER))
    page = client.get(url(theatre, "-void-sold", order.reference))
    [key] = re.findall(r'name="key" value="([^"]*)"', page.content.decode())
    said = text(
        client.post(url(theatre, "-void-sold", order.reference), {"reason": "TRAINING", "key": key}, follow=True)
    )
    assert "Please refund ₹50: Cash." in said
    assert (in_drawer(session), GiftCard.objects.get().balance) == (500, 0)
