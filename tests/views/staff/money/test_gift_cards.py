"""Gift cards in the back office: search, block, replace."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cinema.gateways.base import DisputeReport, DisputeState
from cinema.models import GiftCard, Payment
from cinema.services.money.disputes import receive_dispute
from tests.factories import BOX_OFFICE, MANAGER, TheatreFactory, gift_card, gift_order, staff
from tests.views.browsers import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def theatre():
    return TheatreFactory()


@pytest.fixture
def card(theatre):
    return gift_card(theatre, recipient_name="Ben Ray", recipient_email="ben@example.org")


@pytest.fixture(autouse=True)
def manager(client, theatre):
    user = staff(theatre, MANAGER)
    client.force_login(user)
    return user


def address(name, card):
    return reverse(f"staff-gift-cards{name}", args=[card.theatre.slug, *([card.pk] if name else [])])


def search(client, card, query):
    return text(client.get(address("", card), {"q": query}))


def test_staff_find_a_card_by_code_end_reference_recipient_or_buyer(client, card):
    other = gift_card(card.theatre)
    other.order_line.order.words.all().delete()
    reference = card.order_line.order.reference

    for query in (card.end, card.end.lower(), card.groups, reference, "BEN@example.org", "asha", "rao asha"):
        page = search(client, card, query)
        assert f" {card} " in page and f" {other} " not in page, query
    assert "No gift cards match “nobody”." in search(client, card, "nobody")


def test_the_code_itself_is_never_shown_to_staff(client, card):
    for url in (address("", card), address("-card", card)):
        page = client.get(url).content.decode()
        assert card.code not in page and card.groups not in page and card.page_code not in page


def test_the_list_says_what_is_left_on_all_cards(client, card):
    gift_card(card.theatre)
    gift_card()
    GiftCard.objects.filter(pk=card.pk).update(balance=120)

    assert "Left to be spent on all gift cards sold here: ₹620" in search(client, card, "")


def test_the_list_needs_as_many_queries_for_many_as_for_one(client, card):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            client.get(address("", card))
        return len(queries)

    statements()  # which reads what a process keeps
    for_one = statements()
    for _ in range(4):
        gift_card(card.theatre)
    assert statements() == for_one


def test_more_cards_are_on_a_further_page(client, card, monkeypatch):
    monkeypatch.setattr("cinema.selectors.money.gift_cards.PER_PAGE", 1)
    gift_order(card.theatre, key="another key of 16")

    newest = client.get(address("", card))
    assert "not paid" in text(newest)
    older = client.get(address("", card), {"before": newest.context["older"]})
    assert f" {card} " in text(older) and older.context["older"] is None


def test_a_card_can_be_blocked_and_unblocked(client, card):
    client.post(address("-block", card))
    assert "blocked" in text(client.get(address("-card", card)))

    page = client.post(address("-block", card), {"unblock": "1"}, follow=True)
    assert "can be spent again" in text(page)
    card.refresh_from_db()
    assert card.blocked_at is None


def test_a_lost_card_is_replaced_by_a_new_one(client, card):
    page = client.post(address("-replace", card), {"email": "eva@example.org"}, follow=True)

    assert "A new gift card is on its way to eva@example.org." in text(page)
    assert f"Replaces {card}" in text(page)
    again = client.post(address("-replace", card), {"email": "eva@example.org"})
    assert again.status_code == 409
    assert "has been replaced by another" in text(again)
    assert GiftCard.objects.count() == 2


def test_a_wrong_address_is_refused(client, card):
    page = client.post(address("-replace", card), {"email": "nobody"})

    assert page.status_code == 400
    assert "Enter a valid email address" in text(page)
    assert GiftCard.objects.count() == 1


def test_the_box_office_may_block_but_not_replace(client, card):
    client.force_login(staff(card.theatre, BOX_OFFICE))

    page = text(client.get(address("-card", card)))
    assert "Block the card" in page and "Replace the card" not in page
    assert client.post(address("-replace", card), {"email": "eva@example.org"}).status_code == 404


def test_the_search_for_orders_leads_to_gift_cards_too(client, card):
    orders, reference = reverse("staff-orders", args=[card.theatre.slug]), card.order_line.order.reference

    assert f"Gift cards: {card}" in text(client.get(orders, {"q": "asha"}))
    assert client.get(orders, {"q": reference}).url == address("-card", card)
    assert client.get(f"{orders}{reference}/").url == address("-card", card)
    assert client.get(f"{orders}UNKNOWN9/").status_code == 404


def test_an_overdue_payment_of_a_gift_card_is_named_as_such(client, card):
    gift_order(card.theatre, key="another key of 16")
    Payment.objects.filter(status="PENDING").update(due_at=timezone.now() - timedelta(days=1))

    page = client.get(reverse("staff-payments", args=[card.theatre.slug]))

    assert "Gift card ₹500" in text(page)


def test_the_purchase_of_an_unspent_card_is_refunded_from_its_page(client, card):
    assert "Nothing of this card is spent. Refund ₹500" in text(client.get(address("-card", card)))

    page = text(client.post(address("-refund", card), follow=True))

    assert "The purchase is being refunded and the card blocked." in page
    assert "Refund the purchase" not in page
    assert Payment.objects.get().refunds.get().amount == 500


def test_the_purchase_of_a_card_that_is_spent_in_part_is_not_refunded(client, card):
    GiftCard.objects.update(balance=120)
    assert "Refund the purchase" not in text(client.get(address("-card", card)))

    answer = client.post(address("-refund", card))

    assert answer.status_code == 409
    assert "Only ₹120 of ₹500 is left on this gift card, so its purchase cannot be refunded." in text(answer)


def test_a_disputed_payment_is_shown_on_the_page_of_the_card(client, card):
    payment = card.order_line.order.payments.get()
    facts = {"dispute_id": "dp_1", "reference": payment.code, "amount": 50_000, "currency": "INR"}
    receive_dispute(report=DisputeReport(state=DisputeState.LOST, **facts), gateway=payment.gateway, asked=True)

    page = text(client.get(address("-card", card)))

    assert "Dispute ₹500 · lost" in page and "blocked" in page
    assert "a lost one blocks it for good" in page
