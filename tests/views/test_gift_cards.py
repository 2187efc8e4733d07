"""The pages of gift cards: buying one, printing it, its balance."""

import secrets
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.gateways.base import Result
from cinema.models import GiftCard, Order, Payment
from cinema.services.money.gift_card_orders import pay_again
from cinema.services.money.gift_cards import block_gift_card, replace_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.settlement import settle_payment
from tests.factories import TheatreFactory, gift_card, gift_order, owner, published, report
from tests.views.browsers import is_kept_nowhere, text

pytestmark = pytest.mark.django_db

BUY, BALANCE = reverse("gift-cards"), reverse("gift-card-balance")


@pytest.fixture
def theatre():
    return TheatreFactory()


def form(at, **changes):
    plain = {"amount": "500", "theatre": at.pk, "name": "Asha Rao", "email": "asha@example.org", "mode": "UPI"}
    return plain | {"key": secrets.token_urlsafe(16)} | changes


# --- Buying ------------------------------------------------------------------------------------


def test_the_page_offers_amounts_and_the_footer_leads_there(client, theatre):
    page = client.get(BUY)

    assert all(amount in text(page) for amount in ("₹500", "₹1,000", "₹2,500", "Another amount"))
    assert f'href="{BUY}"' in client.get(reverse("programme")).content.decode()


def test_nothing_is_offered_unless_amounts_are_set(client, theatre, settings):
    settings.GIFT_CARD_AMOUNTS = []

    assert client.get(BUY).status_code == client.post(BUY, form(theatre)).status_code == 404
    assert f'href="{BUY}"' not in client.get(reverse("programme")).content.decode()


def test_buying_leads_to_the_payment_provider(client, theatre):
    response = client.post(BUY, form(theatre, recipient_name="Ben", recipient_email="ben@example.org", message="Enjoy"))

    assert response.status_code == 303
    assert response.url.startswith("/sandbox/")
    card = GiftCard.objects.get()
    assert (card.amount, card.recipient_name, card.recipient_email, card.message) == (
        500,
        "Ben",
        "ben@example.org",
        "Enjoy",
    )


def test_another_amount_can_be_entered(client, theatre):
    client.post(BUY, form(theatre, amount="other", other="1,234.50"))

    assert str(GiftCard.objects.get().amount) == "1234.50"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "other", "other": "499.99"}, "Please enter an amount from ₹500 to ₹2,500."),
        ({"amount": "other", "other": "2500.01"}, "Please enter an amount from ₹500 to ₹2,500."),
        ({"amount": "other", "other": ""}, "Please enter an amount from ₹500 to ₹2,500."),
        ({"amount": "600"}, "600 is not one of the available choices"),
        ({"deliver_on": "2020-01-01"}, "Please choose a day from today on"),
        ({"deliver_on": "9999-12-31"}, "Please choose a day from today on"),
        ({"recipient_email": "nobody"}, "Enter a valid email address"),
        ({"message": "x" * 501}, "at most 500 characters"),
        ({"theatre": "0"}, "Select a valid choice"),
        ({"mode": "CASH"}, "CASH is not one of the available choices"),
        ({"key": "short"}, "at least 16 characters"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_a_mistake_is_explained_and_what_was_typed_is_kept(client, theatre, wrong, sentence):
    response = client.post(BUY, form(theatre, recipient_name="Benjamin", **wrong))

    assert response.status_code == 400
    assert sentence in text(response)
    assert "Benjamin" in response.content.decode() and "Nothing was charged" in text(response)
    assert not Order.objects.exists()


@pytest.mark.usefixtures("legal_texts_are_read")
def test_the_terms_must_be_accepted(client, theatre):
    published("terms")

    assert "Please accept the terms" in text(client.post(BUY, form(theatre)))
    assert client.post(BUY, form(theatre, terms="1")).status_code == 303
    assert Order.objects.get().terms_version == 1


@pytest.mark.usefixtures("legal_texts_are_read")
@pytest.mark.parametrize("of_site", [True, False])
def test_the_terms_of_every_theatre_are_linked_and_those_of_the_chosen_one_accepted(client, of_site):
    first, second = TheatreFactory(name="Asha"), TheatreFactory(name="Himal", slug="himal")
    published("terms", text="Of the site" if of_site else "")
    published("terms", text="Of Himal", theatre=second, version=2)
    page = client.get(BUY)
    assert "The terms of the theatre that you choose apply." in text(page)
    assert '<a href="/theatres/himal/terms/" target="_blank">Himal</a>' in page.content.decode()
    assert ('<a href="/terms/" target="_blank">all other theatres</a>' in page.content.decode()) == of_site

    shown = "2-1" if of_site else "2"
    assert f'name="terms" value="{shown}"' in page.content.decode()
    assert client.post(BUY, form(second)).status_code == 400
    assert client.post(BUY, form(second, terms=shown)).status_code == 303
    assert client.post(BUY, form(first, terms=shown if of_site else "")).status_code == 303

    accepted = Order.objects.order_by("pk").values_list("theatre", "terms_version")
    assert list(accepted) == [(second.pk, 2), (first.pk, 1 if of_site else None)]


@pytest.mark.usefixtures("legal_texts_are_read")
def test_terms_published_after_the_page_was_shown_must_be_accepted_again(client, theatre):
    published("terms")
    published("terms", text="Of this theatre", theatre=theatre, version=2)

    again = client.post(BUY, form(theatre, terms="1"))

    assert again.status_code == 400
    assert "Other terms apply now. Please read and accept them." in text(again)
    assert client.post(BUY, form(theatre, terms="2")).status_code == 303


def test_a_second_click_buys_one_card(client, theatre):
    once = form(theatre)

    assert client.post(BUY, once).url == client.post(BUY, once).url
    assert GiftCard.objects.count() == 1


def test_too_many_orders_are_refused_politely(client, theatre):
    for _ in range(20):
        client.post(BUY, form(theatre))

    response = client.post(BUY, form(theatre))
    assert response.status_code == 429 and response["Retry-After"]
    assert "Too many gift cards have been ordered" in text(response)


# --- The payment -------------------------------------------------------------------------------


def test_the_payment_page_waits_for_the_bank(client):
    payment = gift_order()

    page = client.get(payment.get_absolute_url())

    assert "Waiting for your payment" in text(page)
    assert client.get(payment.get_absolute_url(), headers={"HX-Request": "true"}).status_code == 204


def test_the_payment_page_leads_to_the_paid_card(client):
    card = gift_card()
    url = card.order_line.order.payments.get().get_absolute_url()

    assert client.get(url).url == card.get_absolute_url()
    assert client.get(url, headers={"HX-Request": "true"})["HX-Redirect"] == card.get_absolute_url()
    assert "Thank you! Here is your gift card." in text(client.get(url, follow=True))


def test_a_declined_payment_can_be_made_again(client):
    payment = gift_order()
    settle_payment(report=report(payment, Result.DECLINED))
    page = client.get(payment.get_absolute_url())
    assert "The payment was declined" in text(page)

    response = client.post(reverse("gift-card-pay-again", args=[payment.code]))

    assert response.url.startswith("/sandbox/")
    assert Payment.objects.count() == 2


def test_a_second_payment_says_that_it_is_refunded(client):
    first = gift_order()
    settle_payment(report=report(first, Result.DECLINED))
    again = pay_again(code=first.code, client_ip="")
    start_payment(payment=again)
    for payment in (again, first):
        settle_payment(report=report(payment))

    page = text(client.get(first.get_absolute_url()))
    assert "You have paid twice" in page and "₹500 is on its way" in page


def test_paying_again_for_an_order_with_tickets_is_not_there(client):
    assert client.post(reverse("gift-card-pay-again", args=["unknown"])).status_code == 404


# --- The card ----------------------------------------------------------------------------------


def test_the_card_shows_its_code_amount_and_message(client):
    card = gift_card(recipient_name="Ben", message="First line\n<b>second</b>")

    page = client.get(card.get_absolute_url())

    assert all(said in text(page) for said in (card.groups, "₹500", "For Ben", "First line <b>second</b>"))
    assert "<b>second" not in page.content.decode()
    assert is_kept_nowhere(page) and page["X-Robots-Tag"] == "noindex"


def test_an_unpaid_or_replaced_card_has_no_page(client):
    gift_order()
    assert client.get(GiftCard.objects.get().get_absolute_url()).status_code == 404
    card = gift_card()
    new = replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=owner())

    assert client.get(card.get_absolute_url()).status_code == 404
    assert client.get(new.get_absolute_url()).status_code == 200


def test_a_blocked_or_expired_card_says_so(client):
    card = gift_card()
    GiftCard.objects.update(expires_on=date(2020, 2, 29))
    assert "was valid until" in text(client.get(card.get_absolute_url()))

    block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())
    assert "is blocked" in text(client.get(card.get_absolute_url()))


# --- The balance -------------------------------------------------------------------------------


def test_the_balance_is_shown_for_a_posted_code(client):
    card = gift_card()
    GiftCard.objects.update(balance=120, expires_on=timezone.now().date() + timedelta(days=30))

    page = client.post(BALANCE, {"code": card.groups.lower()})

    assert page.status_code == 200
    assert "₹120 of ₹500 is left." in text(page) and f"ending in {card.end}" in text(page)
    assert "Valid until" in text(page) and card.code not in page.content.decode()
    assert is_kept_nowhere(page)


def test_a_code_in_the_address_is_ignored(client):
    card = gift_card()

    assert "₹500" not in text(client.get(BALANCE, {"code": card.code}))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This field is required"),
        ("K7PM", "This is not the code of a gift card"),
        ("K7PM-3WXY-9QRT-CDFG", "We don’t know this code"),
        ("\0", "Null characters are not allowed"),
    ],
)
def test_a_wrong_code_is_answered_clearly(client, typed, sentence):
    page = client.post(BALANCE, {"code": typed})

    assert page.status_code == 400
    assert sentence in text(page)


def test_guessing_codes_comes_to_an_end(client):
    card = gift_card()
    for _ in range(20):
        client.post(BALANCE, {"code": "K7PM-3WXY-9QRT-CDFG"})

    page = client.post(BALANCE, {"code": card.code})
    assert page.status_code == 429 and page["Retry-After"]
    assert "Too many wrong codes were entered" in text(page) and "₹500" not in text(page)


def test_an_unpaid_card_is_an_unknown_code(client):
    gift_order()

    assert client.post(BALANCE, {"code": GiftCard.objects.get().code}).status_code == 400


def test_the_page_of_an_order_of_gift_cards_leads_to_the_card(client):
    card = gift_card()
    order, payment = card.order_line.order, card.order_line.order.payments.get()

    assert client.get(order.get_absolute_url()).url == payment.get_absolute_url()
