"""Gift cards on the checkout page: typed, taken, listed, removed, paid with."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from cinema.models import AuditEvent, GiftCard, Order, Payment, Ticket
from cinema.services.booking.expiry import release_expired
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from cinema.services.orders.orders import give_goodwill
from cinema.services.people.failed_tries import LIMITS, Kind
from tests.factories import ShowFactory, gift_card, held, lapsed, on_card, owner, report, seat
from tests.mails import outbox
from tests.services.orders.test_orders import requested
from tests.views.browsers import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def show():
    return ShowFactory(screen__plan="aab")


@pytest.fixture
def card(show):
    return gift_card(show.screen.theatre, amount=300)


@pytest.fixture
def client():
    return browser("asha")


@pytest.fixture
def hold(show):
    return held(show, "A1 A2")


def form_of(page, **changes):
    """The checkout as the page shows it, filled in."""
    form = page.context["form"]
    hidden = {name: form[name].value() for name in ("seats", "total", "rest", "gift_cards", "key")}
    mine = {"name": "Asha Rao", "email": "asha@example.org", "phone": "", "mode": "UPI", "coupon": "", "gift_card": ""}
    return hidden | mine | changes


def taken(client, hold, *cards):
    """The checkout after these cards were typed."""
    page = client.get(hold.get_absolute_url())
    for card in cards:
        page = client.post(hold.get_absolute_url(), form_of(page, gift_card=card.groups, update="1"))
    return page


def test_the_checkout_has_a_folded_field_for_a_gift_card(client, hold):
    page = client.get(hold.get_absolute_url())

    assert "Pay with a gift card" in text(page) and "Pay ₹500" in text(page)
    assert "<details" in page.content.decode() and " open" not in page.content.decode().partition("<details")[2][:40]


def test_a_typed_card_is_listed_with_what_it_pays(client, hold, card):
    page = taken(client, hold, card)

    assert f"Gift card {card} −₹300" in text(page)
    assert "Left to pay ₹200" in text(page) and "Pay ₹200" in text(page)
    assert f"Gift card {card} pays ₹300." in text(page)
    assert page.context["form"]["gift_card"].value() == ""
    assert GiftCard.objects.get().balance == 300


def test_what_was_typed_elsewhere_is_kept(client, hold, card):
    page = client.get(hold.get_absolute_url())
    page = client.post(hold.get_absolute_url(), form_of(page, gift_card=card.code, name="Benjamin", update="1"))

    assert 'value="Benjamin"' in page.content.decode()


def test_paying_with_a_card_leads_to_the_provider_for_the_rest(client, hold, card):
    page = taken(client, hold, card)

    response = client.post(hold.get_absolute_url(), form_of(page))

    assert response.status_code == 303 and response.url.startswith("/sandbox/")
    assert "₹200" in text(client.get(response.url))


def test_a_card_that_covers_all_books_at_once(client, hold, show):
    card = gift_card(show.screen.theatre, amount=600)
    page = taken(client, hold, card)
    assert "Left to pay ₹0" in text(page) and "Pay with the gift card" in text(page)
    assert "mode" not in page.context["form"].fields

    response = client.post(hold.get_absolute_url(), form_of(page), follow=True)

    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED
    assert "You’re booked!" in text(response)
    assert GiftCard.objects.get().balance == 100


def test_several_cards_can_be_taken_and_one_removed(client, hold, show, card):
    other = gift_card(show.screen.theatre, amount=100)
    page = taken(client, hold, card, other)
    assert "Left to pay ₹100" in text(page)

    page = client.post(hold.get_absolute_url(), form_of(page, remove_card=card.code))

    assert "Left to pay ₹400" in text(page)
    assert page.context["form"]["gift_cards"].value() == [other.code]


def test_a_card_that_was_typed_but_not_taken_is_shown_before_it_pays(client, hold, card):
    page = client.get(hold.get_absolute_url())

    page = client.post(hold.get_absolute_url(), form_of(page, gift_card=card.code))

    assert page.status_code == 409
    assert "With your vouchers and gift cards, ₹200 is left to pay." in text(page)
    assert not Order.objects.filter(tickets__isnull=False).exists()
    assert client.post(hold.get_absolute_url(), form_of(page)).status_code == 303
    assert Payment.objects.latest("pk").amount == 200


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"balance": 0}, "Nothing is left on the gift card"),
        ({"currency": "EUR"}, "is in another currency (EUR)"),
        ({"expires_on": "2020-02-29"}, "was valid until"),
        ({"blocked_at": "2026-01-01T00:00Z"}, "is blocked"),
        ({"code": "X" * 16}, "We don’t know the code"),
    ],
)
def test_a_card_that_cannot_pay_is_explained_and_kept_in_the_field(client, hold, card, state, sentence):
    typed = card.groups
    GiftCard.objects.update(**state)
    page = client.get(hold.get_absolute_url())

    page = client.post(hold.get_absolute_url(), form_of(page, gift_card=typed, update="1"))

    assert sentence in text(page) and "Pay ₹500" in text(page)
    assert page.context["form"]["gift_card"].value() == typed
    refused = client.post(hold.get_absolute_url(), form_of(page))
    assert refused.status_code == 303  # without the card, which the emptied field no longer names


def test_the_page_shows_what_an_earlier_checkout_has_reserved(client, hold, card):
    page = taken(client, hold, card)
    client.post(hold.get_absolute_url(), form_of(page))
    assert GiftCard.objects.get().balance == 0

    page = client.get(hold.get_absolute_url())
    assert "Left to pay ₹200" in text(page)
    client.post(hold.get_absolute_url(), form_of(page, mode="CARD"))

    payment = Payment.objects.latest("pk")
    assert (payment.amount, payment.mode) == (200, "CARD")


def test_removing_a_reserved_card_gives_its_money_back(client, hold, card):
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, card)))
    page = client.get(hold.get_absolute_url())

    page = client.post(hold.get_absolute_url(), form_of(page, remove_card=card.code))
    client.post(hold.get_absolute_url(), form_of(page))

    assert Payment.objects.latest("pk").amount == 500
    assert GiftCard.objects.get().balance == 300


def test_guessing_cards_at_the_checkout_comes_to_an_end(client, hold, card):
    page = client.get(hold.get_absolute_url())
    for number in range(LIMITS[Kind.GIFT_CARD].from_one):
        client.post(hold.get_absolute_url(), form_of(page, gift_card=f"GUESS{number}", update="1"))

    page = client.post(hold.get_absolute_url(), form_of(page, gift_card=card.code, update="1"))

    assert page.status_code == 429 and page["Retry-After"]
    assert "Too many wrong codes were entered" in text(page) and "₹300" not in text(page)


def test_late_money_after_the_card_was_spent_is_explained(client, hold, card, show):
    page = taken(client, hold, card)
    client.post(hold.get_absolute_url(), form_of(page))
    payment = Payment.objects.get(mode="UPI", order__tickets__isnull=False)
    lapsed(hold)
    release_expired(show_id=show.pk)
    GiftCard.objects.update(balance=0)
    settle_payment(report=report(payment))

    page = text(client.get(payment.get_absolute_url()))

    assert "your gift card had been spent" in page and "₹200 is on its way" in page


def test_a_free_order_has_no_field_for_gift_cards(client):
    show = on_card(free=0)
    hold = held(show, "A1")

    assert "Pay with a gift card" not in text(client.get(hold.get_absolute_url()))


def test_the_balance_page_lists_what_was_spent(client, hold, card):
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, card)))
    settle_payment(report=report(Payment.objects.get(mode="UPI", order__tickets__isnull=False)))

    page = text(client.post(reverse("gift-card-balance"), {"code": card.code}))

    assert "₹0 of ₹300 is left." in page and "spent ₹300" in page
    assert seat(Ticket.objects.get().show, "A1").status == "BOOKED"


def test_a_refund_to_the_card_is_told_apart_from_one_to_the_payment_method(client, hold, card):
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, card)))
    settle_payment(report=report(Payment.objects.get(mode="UPI", order__tickets__isnull=False)))
    ticket = Ticket.objects.get()

    cancel_ticket(code=ticket.code)

    page, mail = text(client.get(ticket.get_absolute_url())), outbox()[-1].body
    assert f"We put ₹300 back on {name_of(card)} on" in page
    assert "Your refund of ₹200 is on its way to your UPI account." in page
    assert f"We’ve put ₹300 back on {name_of(card)}." in mail
    assert "We’re refunding ₹200 to your UPI account." in mail


def test_a_replaced_card_is_not_named_where_its_money_goes(client, ticket, card):
    GiftCard.objects.filter(pk=card.pk).update(
        balance=0, blocked_at=timezone.now(), replaced_by=gift_card(card.theatre, 10)
    )
    Ticket.objects.update(refund_percent=50)
    client.force_login(owner())
    assert "It goes back on your gift card." in text(client.get(reverse("ticket-cancellation", args=[ticket.code])))


def name_of(card) -> str:
    return f"your gift card ending in {card.end}"


@pytest.fixture
def ticket(client, hold, card):
    """Two seats, of which a gift card has paid 300 and UPI 200."""
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, card)))
    settle_payment(report=report(Payment.objects.get(mode="UPI", order__tickets__isnull=False)))
    Ticket.objects.update(refund_percent=100)
    return Ticket.objects.get()


@pytest.mark.parametrize(
    ("percent", "sentence"),
    [
        (100, "₹300 of it goes back on %s and ₹200 to your UPI account."),
        (50, "You’ll get ₹250 of ₹500 (50%%) back. It goes back on %s."),
    ],
)
def test_the_cancellation_page_says_where_each_part_of_the_money_goes(client, ticket, card, percent, sentence):
    Ticket.objects.update(refund_percent=percent)
    client.force_login(owner())
    assert sentence % name_of(card) in text(client.get(reverse("ticket-cancellation", args=[ticket.code])))


def test_the_page_of_a_ticket_whose_show_is_cancelled_says_where_the_money_goes(client, ticket, card, show):
    show.status = show.Status.CANCELLED
    show.save(update_fields=["status"])
    page = text(client.get(ticket.get_absolute_url()))
    assert f"₹500. ₹300 of it goes back on {name_of(card)} and ₹200 to your UPI account." in page
    assert "You don’t need to do anything; we’ll email you." in page


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        (350, "We’re refunding ₹350: ₹300 is back on %s, and ₹50 goes to your UPI account."),
        (120, "We’ve put ₹120 back on %s."),
    ],
)
def test_the_mail_about_a_part_says_where_it_goes(ticket, card, amount, sentence):
    give_goodwill(code=ticket.code, amount=Decimal(amount), requested=requested(owner(), "sorry"))
    assert sentence % name_of(card) in outbox()[-1].body


def test_the_mail_about_a_second_part_is_about_that_part_only(ticket):
    give_goodwill(code=ticket.code, amount=Decimal(300), requested=requested(owner(), "sorry"))
    outbox()
    seen = AuditEvent.objects.latest("pk").pk
    give_goodwill(code=ticket.code, amount=Decimal(50), requested=requested(owner(), "again", seen=seen))
    assert "We’re refunding ₹50 to your UPI account." in outbox()[-1].body


def test_the_order_page_of_staff_lists_the_card_beside_the_other_payment(client, hold, card, show):
    client.post(hold.get_absolute_url(), form_of(taken(client, hold, card)))
    settle_payment(report=report(Payment.objects.get(mode="UPI", order__tickets__isnull=False)))
    client.force_login(owner())

    ticket = Ticket.objects.get()
    page = text(client.get(reverse("staff-orders-order", args=[show.screen.theatre.slug, ticket.reference])))

    assert "Gift card ₹300 · paid" in page and "UPI ₹200 · paid" in page
    other = gift_card(show.screen.theatre, amount=100)
    uses = reverse("staff-gift-cards-card", args=[show.screen.theatre.slug, card.pk])
    assert f"-₹300 · {ticket.reference[:4]}-{ticket.reference[4:]}" in text(client.get(uses))
    assert "Uses" not in text(client.get(uses.replace(str(card.pk), str(other.pk))))
