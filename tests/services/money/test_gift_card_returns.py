"""Refunding the purchase of an unspent gift card: services.money.gift_card_returns."""

import pytest

from cinema.exceptions import GiftCardNotReturnable, GiftCardReplaced, GiftCardUnpaid
from cinema.gateways.base import DisputeReport, DisputeState, Result
from cinema.models import AuditEvent, GiftCard, MoneyEntry, Order, Receipt, Refund
from cinema.selectors.money.ledger_faults import gift_card_faults, order_faults
from cinema.selectors.money.receipts import receipt_faults
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.gift_card_orders import pay_again
from cinema.services.money.gift_card_returns import refund_gift_card
from cinema.services.money.gift_cards import replace_gift_card
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from tests.factories import CONTACT, ShowFactory, due, gift_card, gift_order, held, order_hold, owner, report
from tests.mails import outbox

pytestmark = pytest.mark.django_db(transaction=True)


def give_back(card):
    return refund_gift_card(theatre=card.theatre, pk=card.pk, user=owner())


def is_sound():
    return [*order_faults(Order.objects.all()), *gift_card_faults(), *receipt_faults()] == []


def test_the_price_goes_back_to_the_tender_that_has_paid_and_the_card_is_blocked():
    card = gift_card(amount=500)
    issue_due_receipts()

    refund = give_back(card)

    card.refresh_from_db()
    payment = card.order_line.order.payments.get()
    assert (refund.payment, refund.amount, refund.status) == (payment, 500, Refund.Status.PENDING)
    assert (card.balance, card.returned) == (0, 500) and card.blocked_at
    assert Order.objects.get().status == Order.Status.CANCELLED
    owed = MoneyEntry.objects.filter(kind="REFUND_OWED").values_list("credit", "debit", "amount")
    assert list(owed) == [("refunds", "gift_cards", 500)]
    assert AuditEvent.objects.latest("pk").details == {"refunded": "500.00"}
    due(refund)
    assert send_due_refunds() == 1
    mail = outbox()[-1]
    assert mail.subject == "Refund of ₹500: gift card" and "nothing was spent" in mail.body
    issue_due_receipts()
    assert Receipt.objects.filter(kind="CREDIT_NOTE").get().total == -500
    assert is_sound()


def spent(card):
    hold = held(ShowFactory(), "A1")
    payment = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="key", gift_cards=[card.groups])
    start_payment(payment=payment)


def test_a_card_of_which_something_is_spent_is_refused_with_the_reason():
    card = gift_card(amount=500)
    spent(card)
    with pytest.raises(GiftCardNotReturnable, match="Only ₹250 of ₹500 is left on this gift card"):
        give_back(card)
    assert not Refund.objects.exists() and is_sound()


def test_it_is_refunded_once():
    card = gift_card()
    give_back(card)
    with pytest.raises(GiftCardNotReturnable):
        give_back(card)
    assert Refund.objects.count() == 1


def test_a_disputed_payment_is_not_refunded_as_well():
    card = gift_card()
    payment = card.order_line.order.payments.get()
    facts = {"dispute_id": "dp_1", "reference": payment.code, "amount": 50_000, "currency": "INR"}
    receive_dispute(report=DisputeReport(state=DisputeState.OPEN, **facts), gateway=payment.gateway, asked=True)
    with pytest.raises(GiftCardNotReturnable, match="refunded or is disputed already"):
        give_back(card)


def test_an_unpaid_and_a_replaced_card_are_refused():
    card = gift_card()
    new = replace_gift_card(theatre=card.theatre, pk=card.pk, email="new@example.org", user=owner())
    with pytest.raises(GiftCardReplaced):
        give_back(card)
    assert give_back(new).amount == 500
    gift_order(key="another key of 16")
    with pytest.raises(GiftCardUnpaid):
        give_back(GiftCard.objects.latest("pk"))


def test_of_two_payments_the_one_that_was_kept_is_refunded():
    first = gift_order()
    settle_payment(report=report(first, Result.DECLINED))
    again = pay_again(code=first.code, client_ip="")
    start_payment(payment=again)
    for payment in (again, first):
        settle_payment(report=report(payment))
    assert give_back(GiftCard.objects.get()).payment == again
    assert is_sound()
