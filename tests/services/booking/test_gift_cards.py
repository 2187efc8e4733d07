"""Paying with gift cards: services.booking.gift_cards, and how their payments are settled and refunded."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cinema.exceptions import (
    GiftCardBlocked,
    GiftCardEmpty,
    GiftCardExpired,
    GiftCardOfOtherCurrency,
    PrepaidChanged,
    UnknownGiftCard,
)
from cinema.models import GiftCard, MoneyEntry, Order, Payment, Refund, Ticket
from cinema.selectors.money.ledger_faults import order_faults
from cinema.services.money.gift_cards import block_gift_card, replace_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.refunds import send_due_refunds
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    ShowFactory,
    coupon,
    gift_card,
    held,
    order_hold,
    owner,
    ticket_of,
)
from tests.mails import outbox
from tests.services.booking.prepaid import balance, check_out, expired, is_sound, paid, tenders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return ShowFactory()


@pytest.fixture
def card(show):
    return gift_card(show.screen.theatre, amount=300)


def test_a_card_is_reserved_at_the_checkout_and_the_provider_asked_for_the_rest(show, card):
    payment = check_out(held(show, "A1 A2"), card)

    assert (payment.amount, payment.order.total, balance(card)) == (200, 500, 0)
    assert tenders(payment.order) == [("GIFT_CARD", 300, "PENDING"), ("UPI", 200, "PENDING")]
    assert is_sound()


def test_a_card_is_spent_when_the_rest_is_paid(show, card):
    payment = check_out(held(show, "A1 A2"), card)

    paid(payment)

    assert tenders(payment.order) == [("GIFT_CARD", 300, "SUCCESS"), ("UPI", 200, "SUCCESS")]
    assert ticket_of(payment).status == Ticket.Status.CONFIRMED
    captures = MoneyEntry.objects.filter(order=payment.order, kind="CAPTURE").values_list("debit", "amount")
    assert sorted(captures) == [("clearing:sandbox", 200), ("gift_cards", 300)]
    assert is_sound()


def test_a_card_that_covers_all_confirms_the_order_at_once(show, card):
    payment = check_out(held(show, "A1"), card)

    assert payment.status == Payment.Status.SUCCESS
    assert (ticket_of(payment).status, balance(card)) == (Ticket.Status.CONFIRMED, 50)
    assert tenders(payment.order) == [("GIFT_CARD", 250, "SUCCESS"), ("", 0, "SUCCESS")]
    assert is_sound()


def test_several_cards_pay_one_after_another(show, card):
    other = gift_card(show.screen.theatre, amount=500)

    payment = check_out(held(show, "A1 A2"), card, other, card)

    assert tenders(payment.order)[:2] == [("GIFT_CARD", 300, "SUCCESS"), ("GIFT_CARD", 200, "SUCCESS")]
    assert (balance(card), balance(other)) == (0, 300)
    assert is_sound()


def test_a_card_is_spent_to_the_last_cent(card):
    odd = ShowFactory(price=Decimal("224.99"))

    check_out(held(odd, "A1"), card)
    rest = check_out(held(odd, "A2"), card, key="rest")

    assert (rest.amount, balance(card)) == (Decimal("149.98"), 0)


def test_a_card_that_is_not_needed_is_left_alone(show, card):
    other = gift_card(show.screen.theatre, amount=500)

    check_out(held(show, "A1"), other, card)

    assert (balance(other), balance(card)) == (250, 300)


def test_a_card_is_good_at_another_theatre(show):
    assert check_out(held(show, "A1"), gift_card(amount=300)).status == Payment.Status.SUCCESS
    assert is_sound()


def test_late_money_locks_coupons_before_gift_cards(show, card):
    coupon(show.screen.theatre, code="TEN")
    hold = held(show, "A1 A2")
    payment = check_out(hold, card, coupon="TEN")
    expired(hold)

    with CaptureQueriesContext(connection) as seen:
        paid(payment)

    tables = re.compile(r'(?:FROM|UPDATE) "cinema_(coupon|giftcard)"')
    order = [found[1] for query in seen if (found := tables.search(query["sql"]))]
    assert order.index("coupon") < order.index("giftcard")
    assert ticket_of(payment).status == Ticket.Status.CONFIRMED


@pytest.mark.parametrize("spent", [{"balance": 299}, {"expires_on": date(2020, 1, 1)}])
def test_money_that_comes_after_the_card_was_spent_goes_back(show, card, spent):
    hold = held(show, "A1 A2")
    payment = check_out(hold, card)
    expired(hold)
    GiftCard.objects.update(**spent)

    settled = paid(payment)

    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.reason) == (payment, 200, "CARD_SPENT")
    assert settled.refund_reason == "CARD_SPENT"
    assert ticket_of(payment).status == Ticket.Status.EXPIRED
    assert tenders(payment.order)[0][2] == "FAILED"
    assert list(order_faults(Order.objects.filter(pk=payment.order_id))) == []


@pytest.mark.parametrize("is_late", [False, True])
def test_a_card_blocked_before_the_rest_is_paid_does_not_pay(show, card, is_late):
    """What it had reserved is on it again, and the rest goes back."""
    hold = held(show, "A1 A2")
    payment = check_out(hold, card)
    if is_late:
        expired(hold)
    block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())

    settled = paid(payment)

    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.reason) == (payment, 200, "CARD_BLOCKED")
    assert (settled.refund_reason, balance(card)) == ("CARD_BLOCKED", 300)
    assert ticket_of(payment).status != Ticket.Status.CONFIRMED
    assert tenders(payment.order)[0] == ("GIFT_CARD", 300, "FAILED")
    assert "Your gift card was blocked before your payment reached us" in outbox()[-1].body
    assert is_sound()


def test_one_blocked_card_of_several_gives_all_of_them_back(show, card):
    other = gift_card(show.screen.theatre, amount=100)
    payment = check_out(held(show, "A1 A2"), other, card)
    block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())

    assert paid(payment).refund_reason == "CARD_BLOCKED"
    assert (balance(card), balance(other)) == (300, 100)


def test_a_card_blocked_after_the_order_was_paid_has_paid(show, card):
    payment = check_out(held(show, "A1 A2"), card)
    paid(payment)

    block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())
    cancelled = cancel_ticket(code=ticket_of(payment).code)

    assert cancelled.status == Ticket.Status.CANCELLED
    assert tenders(payment.order)[0] == ("GIFT_CARD", 300, "REFUNDED")
    assert balance(card) == 300  # and stays blocked
    assert is_sound()


def test_a_blocked_card_that_was_to_pay_all_books_nothing_and_is_not_asked_again(show, card):
    hold = held(show, "A1")
    payment = order_hold(
        code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="a key", gift_cards=[card.groups]
    )
    block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())

    start_payment(payment=payment)

    payment.refresh_from_db()
    assert (payment.status, payment.due_at, balance(card)) == (Payment.Status.FAILED, None, 300)
    assert not Refund.objects.exists() and is_sound()
    assert order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="again").amount == 250


def test_a_cancelled_ticket_is_refunded_to_the_card_first_and_at_once(show, card):
    payment = check_out(held(show, "A1 A2"), card)
    paid(payment)

    cancel_ticket(code=ticket_of(payment).code)

    assert balance(card) == 300
    assert list(Refund.objects.order_by("pk").values_list("payment__mode", "amount", "status")) == [
        ("GIFT_CARD", 300, "DONE"),
        ("UPI", 200, "PENDING"),
    ]
    send_due_refunds()
    assert tenders(payment.order) == [("GIFT_CARD", 300, "REFUNDED"), ("UPI", 200, "REFUNDED")]
    issue_due_receipts()
    assert is_sound()


def test_a_refund_goes_to_the_card_that_has_replaced_a_lost_one(show, card):
    payment = check_out(held(show, "A1"), card)
    new = replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=owner())

    cancel_ticket(code=ticket_of(payment).code)

    assert (balance(card), balance(new)) == (0, 300)
    assert is_sound()


@pytest.mark.parametrize(("left", "afterwards"), [(-1, 30), (0, 0), (5, 5)])
def test_a_refund_makes_a_card_that_has_expired_good_for_thirty_more_days(show, card, left, afterwards):
    payment = check_out(held(show, "A1"), card)
    today = timezone.now().astimezone(card.theatre.tz).date()
    GiftCard.objects.update(expires_on=today + timedelta(days=left))

    cancel_ticket(code=ticket_of(payment).code)

    assert GiftCard.objects.values_list("balance", "expires_on").get() == (300, today + timedelta(days=afterwards))


def test_several_cards_are_given_back_and_late_money_takes_them_again(show, card):
    other, blocked = (gift_card(show.screen.theatre, amount=100) for _ in range(2))
    block_gift_card(theatre=blocked.theatre, pk=blocked.pk, blocked=True, user=owner())
    hold = held(show, "A1 A2")
    payment = check_out(hold, card, other)

    expired(hold)
    assert (balance(card), balance(other)) == (300, 100)

    paid(payment)
    assert (balance(card), balance(other)) == (0, 0)


def test_a_card_that_expires_while_a_checkout_reserves_it_is_not_prolonged(show, card):
    hold = held(show, "A1 A2")
    check_out(hold, card)
    day = date(2026, 1, 1)
    GiftCard.objects.update(expires_on=day)

    expired(hold)

    assert GiftCard.objects.values_list("balance", "expires_on").get() == (300, day)


def test_a_card_that_cannot_be_spent_is_refused_and_nothing_is_booked(show, card):
    def refused_as(error, **state):
        GiftCard.objects.filter(pk=card.pk).update(**state)
        with pytest.raises(error):
            check_out(hold, card)
        assert not Ticket.objects.exists()
        GiftCard.objects.filter(pk=card.pk).update(**before)

    hold = held(show, "A1")
    before = GiftCard.objects.filter(pk=card.pk).values("balance", "expires_on", "currency", "activated_at").get()
    refused_as(GiftCardEmpty, balance=0)
    refused_as(GiftCardExpired, expires_on=date(2020, 1, 1))
    refused_as(GiftCardOfOtherCurrency, currency="EUR")
    refused_as(UnknownGiftCard, balance=0, activated_at=None)
    block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())
    with pytest.raises(GiftCardBlocked):
        check_out(hold, card)
    with pytest.raises(UnknownGiftCard):
        check_out(hold, gift_cards=["K7PM-3WXY-9QRT-CDFG"])


def test_what_is_left_to_pay_is_what_the_buyer_was_shown(show, card):
    hold = held(show, "A1 A2")

    with pytest.raises(PrepaidChanged):
        check_out(hold, card, seen_rest=Decimal(100))

    assert balance(card) == 300 and not Ticket.objects.exists()
    assert check_out(hold, card, seen_rest=Decimal(200)).amount == 200
