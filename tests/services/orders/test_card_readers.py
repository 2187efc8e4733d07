"""Cards at readers of tills: asked for, given up, answered late; what becomes of the sale, and of the money."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone

from cinema.exceptions import (
    NothingTendered,
    PaymentModeNotOffered,
    PaymentsUnavailable,
    PaymentWaiting,
    ReaderNotReady,
    SaleNotOpen,
    TenderTooHigh,
)
from cinema.gateways.base import Reader
from cinema.models import Hold, MoneyEntry, Order, Payment, Refund
from cinema.selectors.figures.days import unfinished
from cinema.selectors.money.tills import report_of
from cinema.selectors.orders.counter import sales_to_finish
from cinema.services.money.payments import check_due_payments
from cinema.services.money.provider_events import handle_due_events, receive_event
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.till_payments import begin_payment, choose_reader, give_up
from cinema.services.money.tills import Closing, close_till, count_drawer
from cinema.services.orders.counter import CounterSale, drop_sale, void_sale
from tests.factories import ShowFactory, counter_sale, due, lapsed, paid_at_till, seat, till_session
from tests.fakes.stripe import KEY, SECRETS, FakeStripe, message
from tests.fakes.stripe_terminal import DECLINED_CARD

pytestmark = pytest.mark.django_db


class Counter:
    """A till with a card reader, and a sale of two seats for 500 there."""

    def __init__(self, stripe: FakeStripe) -> None:
        self.stripe, self.reader = stripe, stripe.terminal.connect("Box office")
        self.show = ShowFactory()
        self.session = till_session(self.show.screen.theatre, float=500)
        self.theatre, self.by = self.session.theatre, self.session.opened_by
        reader = Reader(self.reader, "Box office", True)
        self.session.till = choose_reader(theatre=self.theatre, pk=self.session.till_id, reader=reader, by=self.by)
        self.sale: CounterSale = counter_sale(self.session, self.show, "A1 A2")

    def asked(self, amount: int | None = None) -> Payment:
        """A payment that the reader asks for."""
        payment = paid_at_till(self.session, self.sale, "READER", amount)
        begin_payment(payment=payment)
        return payment

    def present(self, card: str = "") -> None:
        self.stripe.terminal.present(self.reader, number=card)

    def hear(self) -> None:
        """Receive the messages that Stripe has sent."""
        while self.stripe.events:
            body, headers = message(self.stripe.events.pop(0))
            receive_event(gateway="stripe", body=body, headers=headers)
        handle_due_events()

    def finished(self) -> Order:
        return paid_at_till(self.session, self.sale).order

    def void(self, payment: Payment) -> None:
        void_sale(theatre=self.theatre, reference=payment.order.reference, till=self.session.code, by=self.by)

    @property
    def is_asking(self) -> bool:
        action = self.stripe.terminal.readers[self.reader]["action"]
        return bool(action) and action["status"] == "in_progress"

    @property
    def unfinished(self) -> list[tuple[Decimal, bool]]:
        """What was received of each sale that is not finished, and whether a card is waited for."""
        return [(order.received, bool(order.waiting)) for order in sales_to_finish(self.theatre)]


@pytest.fixture
def counter(settings) -> Iterator[Counter]:
    fake = FakeStripe()
    with fake.running():
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_API = KEY, list(SECRETS), fake.url
        settings.COUNTER_GATEWAYS = {"READER": "stripe"}
        yield Counter(fake)
        call_command("check_ledger")  # whatever a test does, every amount is explained afterwards


def of(payment: Payment) -> Payment:
    return Payment.objects.select_related("order").get(pk=payment.pk)


def test_a_card_at_the_reader_pays_a_sale_that_the_seller_finishes(counter: Counter):
    payment = counter.asked()
    assert counter.unfinished == [(0, True)]
    counter.present()
    counter.hear()

    assert (of(payment).status, of(payment).order.status) == ("SUCCESS", "OPEN")
    assert counter.unfinished == [(500, False)]
    assert counter.finished().status == "PAID"
    assert not counter.unfinished
    [capture] = MoneyEntry.objects.filter(kind="CAPTURE")
    assert (capture.debit, capture.amount) == ("clearing:stripe", 500)
    assert [(one.mode, one.amount) for one in report_of(counter.session).tenders] == [("READER", 500)]


def test_a_card_that_was_paid_without_a_message_is_found_by_the_job(counter: Counter):
    payment = counter.asked()
    counter.present()

    due(payment)
    assert check_due_payments() == 1

    assert counter.unfinished == [(500, False)]


def test_a_declined_card_leaves_the_sale_to_be_paid_in_another_way(counter: Counter):
    payment = counter.asked()
    counter.present(DECLINED_CARD)
    counter.hear()

    assert of(payment).status == "FAILED"
    assert counter.finished().status == "PAID"  # in cash


def test_the_rest_of_a_sale_is_paid_at_the_reader(counter: Counter):
    paid_at_till(counter.session, counter.sale, amount=200)
    with pytest.raises(TenderTooHigh):
        counter.asked(301)
    payment = counter.asked()
    counter.present()
    counter.hear()

    assert of(payment).amount == 300
    assert counter.finished().status == "PAID"


def test_a_part_of_a_sale_is_paid_at_the_reader(counter: Counter):
    counter.asked(200)
    counter.present()
    counter.hear()

    assert counter.unfinished == [(200, False)]
    order = counter.finished()
    assert [(one.mode, one.amount) for one in order.payments.order_by("pk")] == [("READER", 200), ("CASH", 300)]


def test_no_other_payment_is_taken_while_a_card_is_waited_for(counter: Counter):
    counter.asked()

    with pytest.raises(PaymentWaiting):
        counter.finished()


def test_a_repeated_request_asks_the_reader_once(counter: Counter):
    key = "a key of 16 chars"
    first = paid_at_till(counter.session, counter.sale, "READER", key=key)
    for _ in range(2):
        begin_payment(payment=paid_at_till(counter.session, counter.sale, "READER", key=key))

    assert [one.path for one in counter.stripe.requests if one.path.endswith("process_payment_intent")] == [
        f"/v1/terminal/readers/{counter.reader}/process_payment_intent"
    ]
    assert of(first).status == "PENDING"


def test_a_seller_who_gives_up_stops_the_reader(counter: Counter):
    payment = counter.asked()

    assert give_up(payment=of(payment)).status == "FAILED"

    assert not counter.is_asking
    assert not counter.unfinished
    assert counter.finished().status == "PAID"  # in cash


def test_a_seller_who_gives_up_while_the_reader_is_being_asked_stops_it(counter: Counter):
    payment = paid_at_till(counter.session, counter.sale, "READER")
    seen = of(payment)  # not started yet
    begin_payment(payment=payment)

    assert give_up(payment=seen).status == "FAILED"

    assert not counter.is_asking


def test_a_card_that_paid_before_the_seller_gave_up_counts(counter: Counter):
    payment = counter.asked()
    counter.present()

    assert give_up(payment=of(payment)).status == "SUCCESS"

    assert counter.unfinished == [(500, False)]


def test_a_terminal_that_answers_after_a_sale_was_paid_in_cash_gives_the_money_back(counter: Counter):
    payment = counter.asked()
    counter.stripe.trouble.append(503)
    assert give_up(payment=of(payment)).status == "REPLACED"  # Stripe has not answered
    order = counter.finished()
    counter.present()
    counter.hear()

    refund = Refund.objects.get(payment=payment)
    assert (refund.amount, refund.reason) == (500, "PAID_TWICE")
    assert send_due_refunds() == 1
    assert (of(payment).status, Order.objects.get(pk=order.pk).status) == ("REFUNDED", "PAID")


def test_a_terminal_that_was_given_up_without_an_answer_is_closed_by_the_job(counter: Counter):
    payment = counter.asked()
    counter.stripe.trouble.append(503)
    give_up(payment=of(payment))

    assert check_due_payments() == 1

    assert of(payment).status == "FAILED"
    assert not counter.is_asking


def test_money_that_comes_after_a_sale_was_voided_is_listed_and_refunded(counter: Counter):
    payment = counter.asked()
    counter.void(payment)
    assert (of(payment).status, seat(counter.show, "A1").status) == ("REPLACED", "AVAILABLE")
    counter.present()
    counter.hear()
    assert counter.unfinished == [(500, False)]

    counter.void(payment)

    assert not counter.unfinished
    assert not unfinished(counter.theatre, timezone.now()).orders  # the day can be closed before the refund is done
    assert send_due_refunds() == 1
    assert of(payment).status == "REFUNDED"
    with pytest.raises(SaleNotOpen):
        counter.void(payment)


def test_a_card_that_nobody_waits_for_any_more_is_not_asked_for_any_longer(counter: Counter):
    payment = counter.asked()
    Payment.objects.filter(pk=payment.pk).update(created_at=Now() - timedelta(minutes=6))
    due(payment)

    assert check_due_payments() == 1

    assert of(payment).status == "FAILED"
    assert not counter.is_asking


def test_money_that_comes_when_the_seats_are_no_longer_held_is_listed(counter: Counter):
    payment = counter.asked()
    lapsed(Hold.objects.get())
    paid_at_till(counter.session, counter_sale(counter.session, counter.show, "A1", buyer="somebody else"))
    counter.present()
    counter.hear()

    assert of(payment).order.status == "EXPIRED"
    assert counter.unfinished == [(500, False)]
    counter.void(payment)
    assert Refund.objects.get(payment=payment).due_at


@pytest.mark.parametrize("status", ["offline", "busy"])
def test_a_reader_that_is_not_ready_fails_the_payment_at_once(counter: Counter, status: str):
    if status == "busy":
        counter.stripe.terminal.readers[counter.reader]["action"] = {"status": "in_progress", "type": "refund_payment"}
    counter.stripe.terminal.readers[counter.reader]["status"] = "online" if status == "busy" else status

    with pytest.raises(ReaderNotReady):
        counter.asked()

    assert Payment.objects.get().status == "FAILED"
    assert counter.finished().status == "PAID"


def test_a_provider_that_is_away_fails_the_payment_at_once(counter: Counter):
    counter.stripe.trouble.append(503)

    with pytest.raises(PaymentsUnavailable):
        counter.asked()

    assert Payment.objects.get().status == "FAILED"


def test_a_reader_that_may_have_been_reached_is_waited_for(counter: Counter):
    payment = paid_at_till(counter.session, counter.sale, "READER")
    counter.stripe.trouble_for = lambda request: 503 if request.path.endswith("process_payment_intent") else None
    begin_payment(payment=payment)

    assert of(payment).status == "PENDING"
    assert counter.unfinished == [(0, True)]


def test_a_till_without_a_reader_takes_no_card_there(counter: Counter):
    without = choose_reader(theatre=counter.theatre, pk=counter.session.till_id, reader=None, by=counter.by)
    counter.session.till = without

    with pytest.raises(ReaderNotReady):
        counter.asked()


def test_without_a_provider_of_readers_none_is_asked(counter: Counter, settings):
    settings.COUNTER_GATEWAYS = {}

    with pytest.raises(PaymentModeNotOffered):
        counter.asked()


def test_money_that_comes_after_the_z_report_is_not_in_it(counter: Counter):
    counter.asked()
    count_drawer(theatre=counter.theatre, code=counter.session.code, counts={"100": 5}, by=counter.by)
    close_till(theatre=counter.theatre, code=counter.session.code, closing=Closing(counter.by))
    counter.present()
    counter.hear()

    assert not report_of(counter.session).tenders
    assert counter.unfinished == [(500, False)]


@pytest.mark.parametrize("mode", ["CASH", "TERMINAL", "READER"])
def test_a_payment_of_nothing_is_refused(counter: Counter, mode: str):
    """Of a sale that it had begun, nothing could be given up or voided."""
    with pytest.raises(NothingTendered):
        paid_at_till(counter.session, counter.sale, mode, 0)
    drop_sale(buyer=counter.sale.buyer, by=counter.by)
    assert seat(counter.show, "A1").status == "AVAILABLE"


def test_a_payment_whose_start_was_lost_is_given_up_by_the_job(counter: Counter):
    """The process ended between noting that a provider is asked and its answer."""
    payment = paid_at_till(counter.session, counter.sale, "READER")
    Payment.objects.update(attempted_at=Now(), created_at=Now() - timedelta(minutes=6))
    due(payment)

    check_due_payments()

    assert of(payment).status == "FAILED"
    assert not counter.unfinished
