"""Buying gift cards, mailing, blocking and replacing them: services.money.gift_cards and gift_card_orders."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cinema.domain.periods import months_after
from cinema.exceptions import (
    AmountTooPrecise,
    GiftCardNotReturnable,
    GiftCardReplaced,
    GiftCardUnpaid,
    IdempotencyKeyReused,
    PaymentModeNotOffered,
    TooManyGiftCardOrders,
)
from cinema.gateways.base import DisputeReport, DisputeState, RefundReport, RefundState, Result
from cinema.models import AuditEvent, GiftCard, MoneyEntry, Order, OrderLine, OutgoingMail, Payment, Refund
from cinema.selectors.money.ledger_faults import gift_card_faults, order_faults
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.gift_card_orders import GiftCardPlan, order_gift_card, pay_again
from cinema.services.money.gift_card_returns import refund_gift_card
from cinema.services.money.gift_cards import (
    block_gift_card,
    deliver_gift_cards,
    expire_unpaid_gift_cards,
    replace_gift_card,
)
from cinema.services.money.payments import start_payment
from cinema.services.money.receipts import issue_due_receipts
from cinema.services.money.refunds import receive_refund
from cinema.services.money.settlement import settle_payment
from tests.factories import CONTACT, TheatreFactory, gift_card, gift_order, owner, report
from tests.mails import forget_mails, outbox

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def order(theatre, key="a key of 16 chars", mode="UPI", amount=500, client_ip=""):
    plan = GiftCardPlan(theatre, Decimal(amount))
    return order_gift_card(plan=plan, request=BookingRequest(CONTACT, mode, key), buyer="asha", client_ip=client_ip)


def tomorrow(theatre):
    return timezone.now().astimezone(theatre.tz).date() + DAY


# --- Buying ------------------------------------------------------------------------------------


def test_an_order_of_a_gift_card_has_a_line_and_a_payment_and_no_ticket():
    payment = gift_order(amount=750)

    order = payment.order
    assert (order.total, order.status, order.tickets.count()) == (750, Order.Status.OPEN, 0)
    assert [(line.kind, line.amount, line.tax) for line in order.lines.all()] == [(OrderLine.Kind.GIFT_CARD, 750, 0)]
    assert (payment.amount, payment.status) == (750, Payment.Status.PENDING)


def test_a_gift_card_is_worth_nothing_until_it_is_paid():
    payment = gift_order(amount=750)
    assert GiftCard.objects.get().balance == 0

    settle_payment(report=report(payment))

    card = GiftCard.objects.get()
    assert (card.balance, card.amount, card.order_line.order.status) == (750, 750, Order.Status.PAID)
    assert card.activated_at


def test_a_payment_reported_again_activates_nothing_again():
    payment = gift_order()
    settle_payment(report=report(payment))
    GiftCard.objects.update(balance=100)

    settle_payment(report=report(payment))

    assert GiftCard.objects.get().balance == 100
    assert not Refund.objects.exists()


def test_a_declined_payment_leaves_the_card_worthless_and_can_be_made_again():
    first = gift_order()
    settle_payment(report=report(first, Result.DECLINED))

    again = pay_again(code=first.code, client_ip="")

    assert again != first and again.status == Payment.Status.PENDING
    assert pay_again(code=first.code, client_ip="") == again
    start_payment(payment=again)
    settle_payment(report=report(again))
    assert GiftCard.objects.get().balance == 500
    assert pay_again(code=first.code, client_ip="") == again


def test_a_second_payment_for_a_gift_card_is_refunded():
    first = gift_order()
    settle_payment(report=report(first, Result.DECLINED))
    again = pay_again(code=first.code, client_ip="")
    start_payment(payment=again)
    settle_payment(report=report(again))

    settled = settle_payment(report=report(first))

    assert settled.refund_reason == Refund.Reason.PAID_TWICE
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount, refund.ticket) == (first, 500, None)
    assert GiftCard.objects.get().balance == 500
    assert [mail.subject for mail in outbox()][-1] == "Refund of ₹500: gift card"


def test_a_second_payment_for_a_gift_card_that_was_taken_back_is_refunded(client):
    first = gift_order()
    settle_payment(report=report(first, Result.DECLINED))
    again = pay_again(code=first.code, client_ip="")
    start_payment(payment=again)
    settle_payment(report=report(again))
    card = GiftCard.objects.get()
    refund_gift_card(theatre=card.theatre, pk=card.pk, user=owner())

    settle_payment(report=report(first))

    assert sorted(Refund.objects.values_list("amount", "reason")) == [(500, "CARD_RETURNED"), (500, "PAID_TWICE")]
    assert GiftCard.objects.get().balance == 0
    assert "Nobody can pay with it any more" in outbox()[-1].body
    assert "Nobody can pay with it any more" in client.get(first.get_absolute_url()).content.decode()
    assert list(order_faults(Order.objects.all())) == []


def test_money_that_comes_after_the_order_expired_still_activates_the_card():
    payment = gift_order()
    GiftCard.objects.update(created_at=timezone.now() - 2 * DAY)

    assert expire_unpaid_gift_cards() == 1
    assert Order.objects.get().status == Order.Status.EXPIRED
    assert expire_unpaid_gift_cards() == 0

    settle_payment(report=report(payment))
    assert Order.objects.get().status == Order.Status.PAID
    assert GiftCard.objects.get().balance == 500


def test_a_paid_order_of_a_gift_card_does_not_expire():
    gift_card()
    GiftCard.objects.update(created_at=timezone.now() - 2 * DAY)

    assert expire_unpaid_gift_cards() == 0


def test_the_same_request_again_gets_the_same_payment():
    theatre = TheatreFactory()

    assert order(theatre) == order(theatre)
    assert GiftCard.objects.count() == 1


def test_a_key_is_not_taken_for_another_gift_card():
    theatre = TheatreFactory()
    order(theatre)

    with pytest.raises(IdempotencyKeyReused):
        order(theatre, amount=600)


def test_a_mode_of_payment_that_is_not_offered_is_refused():
    with pytest.raises(PaymentModeNotOffered):
        order(TheatreFactory(), mode="CASH")
    assert not Order.objects.exists()


def test_an_amount_without_coins_is_refused():
    with pytest.raises(AmountTooPrecise):
        order(TheatreFactory(), amount="500.005")


def test_orders_from_one_address_are_limited():
    theatre = TheatreFactory()
    for number in range(20):
        order(theatre, key=f"a key of 16 chars {number}", client_ip="203.0.113.7")

    with pytest.raises(TooManyGiftCardOrders):
        order(theatre, key="one key too many for it", client_ip="203.0.113.7")
    assert Order.objects.count() == 20


def test_a_gift_card_gets_a_receipt_without_tax():
    card = gift_card()
    issue_due_receipts()

    [receipt] = card.order_line.order.receipts.all()
    assert [(line.text, line.amount, line.tax) for line in receipt.lines.all()] == [("Gift card", 500, 0)]


# --- Validity ----------------------------------------------------------------------------------


def test_a_gift_card_is_good_for_ever_unless_months_are_set():
    assert gift_card().expires_on is None


def test_a_gift_card_expires_after_its_last_day_at_the_theatre(settings):
    settings.GIFT_CARD_MONTHS = 12
    card = gift_card(TheatreFactory(time_zone="Asia/Kolkata"))
    assert card.expires_on > timezone.now().date() + timedelta(days=363)

    card.expires_on = date(2027, 2, 28)
    assert not card.has_expired(datetime.fromisoformat("2027-02-28T23:59:00+05:30"))
    assert card.has_expired(datetime.fromisoformat("2027-03-01T00:00:00+05:30"))


def test_the_months_of_a_gift_card_count_from_the_day_on_which_it_is_mailed(settings):
    settings.GIFT_CARD_MONTHS = 1
    theatre = TheatreFactory()
    later = tomorrow(theatre) + timedelta(days=200)

    assert gift_card(theatre, deliver_on=later).expires_on == months_after(later, 1)


# --- Mailing -----------------------------------------------------------------------------------


def test_a_gift_card_is_mailed_to_its_recipient_with_code_and_message():
    card = gift_card(recipient_name="Ben", recipient_email="ben@example.org", message="Happy birthday!")

    mails = {mail.to[0]: mail for mail in outbox()}
    assert card.groups in mails["ben@example.org"].body
    assert "Happy birthday!" in mails["ben@example.org"].body
    assert "Asha Rao has sent you a gift card of ₹500." in mails["ben@example.org"].body
    assert card.get_absolute_url() in mails["asha@example.org"].body
    assert card.groups not in mails["asha@example.org"].body


def test_a_gift_card_waits_for_its_day():
    theatre = TheatreFactory()
    card = gift_card(theatre, recipient_email="ben@example.org", deliver_on=tomorrow(theatre))
    assert deliver_gift_cards() == 0
    assert {mail.to[0] for mail in outbox()} == {"asha@example.org"}

    GiftCard.objects.update(deliver_at=timezone.now() - timedelta(seconds=1))
    assert deliver_gift_cards() == 1
    assert deliver_gift_cards() == 0

    assert outbox()[-1].to == ["ben@example.org"]
    card.refresh_from_db()
    assert card.delivered_at


def test_a_gift_card_for_another_day_comes_in_the_morning_of_the_theatre():
    theatre = TheatreFactory(time_zone="America/New_York")
    card = gift_card(theatre, deliver_on=tomorrow(theatre))

    there = card.deliver_at.astimezone(theatre.tz)
    assert (there.date(), there.hour) == (tomorrow(theatre), 9)


def test_an_unpaid_or_blocked_gift_card_is_not_mailed():
    theatre = TheatreFactory()
    gift_order(theatre, recipient_email="ben@example.org")
    card = gift_card(theatre, recipient_email="eva@example.org", deliver_on=tomorrow(theatre))
    block_gift_card(theatre=theatre, pk=card.pk, blocked=True, user=owner())
    GiftCard.objects.update(deliver_at=timezone.now() - timedelta(seconds=1))

    assert deliver_gift_cards() == 0
    assert outbox() == []


# --- Staff -------------------------------------------------------------------------------------


def test_a_blocked_gift_card_keeps_its_balance_and_can_be_unblocked():
    card, clerk = gift_card(), owner()

    blocked = block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=clerk)
    assert blocked.blocked_at and blocked.balance == 500
    assert not block_gift_card(theatre=card.theatre, pk=card.pk, blocked=False, user=clerk).blocked_at

    events = AuditEvent.objects.filter(action="GIFT_CARD").order_by("pk")
    assert [(event.subject, event.details) for event in events] == [
        (str(card), {"blocked": True}),
        (str(card), {"blocked": False}),
    ]


def test_blocking_twice_is_noted_once():
    card, clerk = gift_card(), owner()
    for _ in range(2):
        block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=clerk)

    assert AuditEvent.objects.filter(action="GIFT_CARD").count() == 1


def test_a_replaced_gift_card_passes_its_balance_to_a_new_code():
    card = gift_card(recipient_name="Ben", recipient_email="lost@example.org")
    GiftCard.objects.update(balance=120)
    forget_mails()

    new = replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=owner())

    card.refresh_from_db()
    new.refresh_from_db()
    assert (card.balance, card.replaced_by) == (0, new) and card.blocked_at
    assert (new.balance, new.amount, new.blocked_at) == (120, 500, None)
    assert list(gift_card_faults()) == [f"Gift card {new} has 120.00 left and should have 500.00"]
    assert new.code != card.code and new.page_code != card.page_code
    [mail] = outbox()
    assert mail.to == ["ben@example.org"]
    assert new.groups in mail.body and "It replaces the old one" in mail.body


def test_a_gift_card_is_replaced_once():
    card, clerk = gift_card(), owner()
    replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=clerk)

    with pytest.raises(GiftCardReplaced):
        replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=clerk)
    with pytest.raises(GiftCardReplaced):
        block_gift_card(theatre=card.theatre, pk=card.pk, blocked=False, user=clerk)
    assert GiftCard.objects.count() == 2


def test_an_unpaid_gift_card_is_neither_blocked_nor_replaced():
    card = GiftCard.objects.get(order_line__order=gift_order().order)

    with pytest.raises(GiftCardUnpaid):
        block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())
    with pytest.raises(GiftCardUnpaid):
        replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=owner())


def test_a_gift_card_of_another_theatre_is_not_there():
    card = gift_card()

    with pytest.raises(GiftCard.DoesNotExist):
        block_gift_card(theatre=TheatreFactory(), pk=card.pk, blocked=True, user=owner())


def refunded_at_provider(card: GiftCard) -> None:
    """Refund the purchase of a card in the provider's dashboard."""
    payment = card.order_line.order.payments.get()
    done = RefundReport(
        key="", refund_id="re_1", reference=payment.code, state=RefundState.DONE, amount=50_000, currency="INR"
    )
    receive_refund(report=done, gateway=payment.gateway, asked=True)


def test_a_refund_of_the_purchase_at_the_provider_blocks_the_card():
    card = gift_card()
    payment = card.order_line.order.payments.get()
    OutgoingMail.objects.all().delete()

    refunded_at_provider(card)

    card.refresh_from_db()
    payment.refresh_from_db()
    refund = payment.refunds.get()
    assert card.blocked_at
    assert (refund.reason, refund.status, refund.amount) == ("AT_PROVIDER", Refund.Status.DONE, 500)
    assert payment.status == Payment.Status.REFUNDED


def disputed(card, state, **more):
    """A dispute about the payment of a card, in this state."""
    payment = card.order_line.order.payments.get()
    facts = {"dispute_id": "dp_1", "reference": payment.code, "amount": 50_000, "currency": "INR"}
    receive_dispute(report=DisputeReport(state=state, **facts | more), gateway=payment.gateway, asked=True)
    card.refresh_from_db()
    return card


def test_a_dispute_of_the_purchase_blocks_what_is_left_until_it_is_won():
    card = disputed(gift_card(), DisputeState.OPEN)
    assert card.blocked_at and card.balance == 500
    assert not disputed(card, DisputeState.WON).blocked_at


@pytest.mark.parametrize("was_open", [True, False])
def test_a_lost_dispute_blocks_the_card_for_good(was_open):
    card = gift_card()
    if was_open:
        disputed(card, DisputeState.OPEN)
    assert disputed(card, DisputeState.LOST).blocked_at


def test_a_card_that_staff_have_blocked_stays_blocked_when_the_dispute_is_won():
    card = gift_card()
    block_gift_card(theatre=card.theatre, pk=card.pk, blocked=True, user=owner())
    disputed(card, DisputeState.OPEN)
    assert disputed(card, DisputeState.WON).blocked_at


def test_a_won_dispute_leaves_the_card_blocked_while_another_is_open():
    card = disputed(gift_card(), DisputeState.OPEN, amount=20_000)
    disputed(card, DisputeState.OPEN, dispute_id="dp_2", amount=10_000)
    assert disputed(card, DisputeState.WON, amount=20_000).blocked_at
    assert not disputed(card, DisputeState.WON, dispute_id="dp_2", amount=10_000).blocked_at


@pytest.mark.parametrize("state", [DisputeState.OPEN, DisputeState.LOST])
def test_a_gift_card_whose_payment_is_disputed_is_not_replaced_by_one_that_is_good(state):
    card = disputed(gift_card(), state)

    with pytest.raises(GiftCardNotReturnable, match="refunded or is disputed"):
        replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=owner())


@pytest.mark.parametrize("left", [500, 120, 0])
def test_a_gift_card_whose_purchase_was_refunded_is_not_replaced(left):
    card = gift_card()
    GiftCard.objects.update(balance=left)
    if left == 500:
        refund_gift_card(theatre=card.theatre, pk=card.pk, user=owner())
    else:
        refunded_at_provider(card)  # what was spent is lost

    with pytest.raises(GiftCardNotReturnable, match="refunded or is disputed"):
        replace_gift_card(theatre=card.theatre, pk=card.pk, email="ben@example.org", user=owner())


# --- The ledger --------------------------------------------------------------------------------


def entries():
    return [(entry.kind, entry.credit, entry.debit, entry.amount) for entry in MoneyEntry.objects.order_by("pk")]


def test_selling_a_gift_card_is_posted_as_a_debt_to_its_owner():
    card = gift_card()

    gateway = f"clearing:{card.order_line.order.payments.get().gateway}"
    assert entries() == [("CAPTURE", "orders", gateway, 500), ("SALE", "gift_cards", "orders", 500)]
    assert list(order_faults(Order.objects.all())) == []


def test_a_gift_card_paid_twice_is_posted_as_one_sale_and_a_refund():
    first = gift_order()
    settle_payment(report=report(first, Result.DECLINED))
    again = pay_again(code=first.code, client_ip="")
    start_payment(payment=again)
    for payment in (again, first):
        settle_payment(report=report(payment))

    assert [entry[:3:2] for entry in entries()][2:] == [("CAPTURE", "clearing:sandbox"), ("REFUND_OWED", "orders")]
    assert list(order_faults(Order.objects.all())) == []


@pytest.mark.parametrize("left", [500, 120, 0])
def test_what_was_spent_of_a_refunded_gift_card_is_posted_as_lost(left):
    card = gift_card()
    GiftCard.objects.update(balance=left)

    refunded_at_provider(card)

    owed = {entry[2]: entry[3] for entry in entries() if entry[0] == "REFUND_OWED"}
    assert owed == {name: sum for name, sum in (("gift_cards", left), ("dispute_losses", 500 - left)) if sum}
    card.refresh_from_db()
    assert (card.balance, card.returned) == (0, left)
    assert list(order_faults(Order.objects.all())) == []
