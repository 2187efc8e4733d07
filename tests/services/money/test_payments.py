"""Payments at the provider, begun and asked about: services.money.payments."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.base import PaymentReport, Result
from cinema.gateways.sandbox import SandboxGateway, decide
from cinema.models import (
    Order,
    Payment,
    Refund,
    SandboxCharge,
    Ticket,
)
from cinema.services.money import payments
from cinema.services.money.payments import (
    ASK_EVERY,
    DECLINED_FOR,
    UNDECIDED_FOR,
    check_due_payments,
    check_payment,
    start_payment,
)
from cinema.services.money.refunds import send_due_refunds
from cinema.services.money.settlement import settle_payment
from cinema.services.orders.cancellations import cancel_ticket
from tests.factories import (
    CONTACT,
    ShowFactory,
    booked,
    due,
    held,
    order_hold,
    report,
    sold,
    ticket_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show():
    return ShowFactory()


class SlowGateway(SandboxGateway):
    """Reports from the test gateway's records after a quarter of a second of the jobs' clock, and counts the polls."""

    clock, asked = [0.0], []

    def report(self, *, reference: str, provider_id: str) -> PaymentReport:
        self.clock[0] += 0.25
        self.asked.append(reference)
        return super().report(reference=reference, provider_id=provider_id)


@pytest.fixture
def slow(monkeypatch) -> SlowGateway:
    SlowGateway.clock, SlowGateway.asked = [0.0], []
    monkeypatch.setattr("cinema.services.core.retries.monotonic", lambda: SlowGateway.clock[0])
    monkeypatch.setattr("cinema.services.money.payments.get_gateway", lambda name: SlowGateway())
    return SlowGateway


def test_a_payment_that_was_made_is_found_behind_many_that_were_not(show, slow):
    paid = booked(show, "A1")
    decide(reference=paid.code, result=Result.PAID)
    Payment.objects.bulk_create(abandoned(number, paid) for number in range(80))
    Payment.objects.update(due_at=Now() - timedelta(minutes=1))
    due(paid, ago=timedelta(minutes=3))

    assert check_due_payments() == 1


def test_rounds_go_through_all_payments_in_turn(show, slow):
    first = booked(show, "A1")
    Payment.objects.bulk_create(abandoned(number, first) for number in range(80))
    Payment.objects.update(due_at=Now() - timedelta(minutes=1))

    for _ in range(3):
        check_due_payments()

    assert len(slow.asked) == len(set(slow.asked)) == 81


def abandoned(number: int, like: Payment) -> Payment:
    """An abandoned payment, for another ticket than that of ``like``."""
    order = Order.objects.create(
        theatre=ticket_of(like).order.theatre,
        status=Order.Status.EXPIRED,
        total=like.amount,
        name=f"Buyer {number}",
        created_at=like.created_at,
    )
    ticket = Ticket.objects.create(
        order=order,
        reference=order.reference,
        show=ticket_of(like).show,
        hold=ticket_of(like).hold,
        amount=like.amount,
        status=Ticket.Status.EXPIRED,
        cancel_cutoff=0,
        refund_percent=0,
        created_at=like.created_at,
    )
    return Payment(
        order=ticket.order, gateway="sandbox", amount=like.amount, key=f"{number}", created_at=like.created_at
    )


def test_money_that_is_reported_after_days_is_found(show):
    payment = booked(show, "A1")
    charge = SandboxCharge.objects.filter(reference=payment.code)
    aged(payment, timedelta(days=5))
    assert check_due_payments() == 0

    charge.update(status=Result.PAID)
    due(payment)

    assert check_due_payments() == 1
    assert Payment.objects.get().status == Payment.Status.SUCCESS
    assert Payment.objects.get().due_at is None


def test_a_payment_is_polled_at_growing_intervals_and_daily_in_the_end(show):
    payment, waits = booked(show, "A1"), []
    for attempts in (0, 10, 20, 30, 100):
        Payment.objects.update(attempts=attempts)
        due(payment)
        check_due_payments()
        waits.append(Payment.objects.annotate(wait=F("due_at") - F("attempted_at")).get().wait)

    assert [wait // timedelta(seconds=1) for wait in waits] == [20, 186, 1734, 16155, 86400]


def test_an_undecided_payment_ends_but_its_money_still_counts(show):
    payment = booked(show, "A1")
    aged(payment, UNDECIDED_FOR)

    check_due_payments()

    undecided = Payment.objects.get()
    assert (undecided.status, undecided.due_at, undecided.last_error) == ("PENDING", None, "PaymentUndecided")
    assert undecided.failing_since
    assert ticket_of(settle_payment(report=report(payment))).status == Ticket.Status.CONFIRMED


def test_a_declined_payment_is_polled_for_two_days(show):
    payment = booked(show, "A1")
    settle_payment(report=report(payment, Result.DECLINED))
    aged(payment, DECLINED_FOR - timedelta(minutes=1))
    check_due_payments()
    assert Payment.objects.get().due_at

    aged(payment, DECLINED_FOR)
    check_due_payments()

    assert (Payment.objects.get().due_at, Payment.objects.get().failing_since) == (None, None)


def aged(payment: Payment, age: timedelta) -> None:
    Payment.objects.filter(pk=payment.pk).update(created_at=Now() - age, due_at=Now() - timedelta(seconds=1))


def test_a_provider_timeout_is_recorded_and_the_payment_polled_again(show, monkeypatch):
    payment = booked(show, "A1")
    decide(reference=payment.code, result=Result.PAID)
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "report", unavailable)
        due(payment)
        assert check_due_payments() == 0
    assert Payment.objects.get().failing_since

    due(payment)

    assert check_due_payments() == 1
    assert Payment.objects.get().failing_since is None


def test_a_report_of_another_amount_is_noted_on_the_payment(show):
    payment = booked(show, "A1")
    SandboxCharge.objects.update(status="PAID", amount=Decimal(1))
    due(payment)

    check_due_payments()

    assert Payment.objects.get().last_error == "PaymentMismatch"


def test_a_page_polls_its_payment_at_most_once_in_some_seconds(show, slow):
    payment = booked(show, "A1")

    for _ in range(3):
        check_payment(payment=payment)
    assert len(slow.asked) == 1

    Payment.objects.update(attempted_at=Now() - ASK_EVERY)
    check_payment(payment=payment)
    assert len(slow.asked) == 2


def test_at_most_half_of_the_threads_wait_for_the_provider(show, slow, settings):
    payment = booked(show, "A1")
    places = settings.THREADS // 2
    for _ in range(places):
        assert payments._pages_asking.acquire(blocking=False)

    check_payment(payment=payment)
    assert slow.asked == []

    payments._pages_asking.release(places)
    check_payment(payment=payment)
    assert slow.asked == [payment.code]


def test_starting_a_payment_waits_for_a_turn_and_then_gives_up(show, settings, monkeypatch):
    payment = booked(show, "A1")
    Payment.objects.update(pay_url="")
    payment.refresh_from_db()
    monkeypatch.setattr(payments, "TURN_WITHIN", 0.01)
    places = settings.THREADS // 2
    for _ in range(places):
        assert payments._pages_asking.acquire(blocking=False)
    try:
        with pytest.raises(PaymentsUnavailable):
            start_payment(payment=payment)
    finally:
        payments._pages_asking.release(places)

    assert start_payment(payment=payment) == SandboxCharge.objects.get().get_absolute_url()


def test_the_gateway_is_asked_for_its_page_once(show, monkeypatch):
    payment = booked(show, "A1")
    monkeypatch.setattr(SandboxGateway, "start", unavailable)

    assert start_payment(payment=Payment.objects.get(pk=payment.pk)) == SandboxCharge.objects.get().get_absolute_url()


def test_what_costs_nothing_and_was_cut_off_is_confirmed_by_the_next_round():
    payment = order_hold(
        code=held(ShowFactory(price=0), "A1").code, buyer="asha", contact=CONTACT, mode="UPI", key="key"
    )
    due(payment)

    assert check_due_payments() == 1
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


def unavailable(*args, **kwargs):
    raise PaymentsUnavailable


def test_polling_the_provider_replaces_a_lost_webhook(show):
    payment = booked(show, "A1")
    charge = SandboxCharge.objects.get(reference=payment.code)
    assert check_payment(payment=payment).status == Payment.Status.PENDING
    assert check_due_payments() == 0

    decide(reference=charge.reference, result=Result.PAID)

    due(payment)
    assert check_due_payments() == 1
    assert Ticket.objects.get().status == Ticket.Status.CONFIRMED


@pytest.mark.parametrize("said", ["unknown", "other"])
def test_an_answer_about_another_payment_settles_none(show, monkeypatch, said):
    payment, other = booked(show, "A1"), booked(show, "B1", buyer="ben")
    answer = replace(report(other), reference=other.code if said == "other" else said)
    monkeypatch.setattr(SandboxGateway, "report", lambda self, **asked: answer)

    assert check_payment(payment=payment) == payment

    assert not Ticket.objects.filter(status=Ticket.Status.CONFIRMED).exists()


@pytest.mark.parametrize("name", ["cinema.gateways.gone.Gateway", "cinema.gateways.sandbox.Gone", "gone.", "nothing"])
def test_a_payment_of_a_gateway_there_no_longer_is_stays_as_it_is(show, name):
    payment = booked(show, "A1")
    Payment.objects.update(gateway=name)
    payment.refresh_from_db()

    assert check_payment(payment=payment).status == Payment.Status.PENDING


def test_no_provider_is_asked_inside_a_transaction(show, monkeypatch):
    asked = []

    def outside(name):
        call = getattr(SandboxGateway, name)

        def checked(*args, **kwargs):
            asked.append((name, connection.in_atomic_block))
            return call(*args, **kwargs)

        monkeypatch.setattr(SandboxGateway, name, checked)

    for name in ("start", "report", "refund"):
        outside(name)
    payment = booked(show, "A1")
    start_payment(payment=Payment.objects.get())
    check_payment(payment=Payment.objects.get())
    decide(reference=payment.code, result=Result.PAID)
    due(Payment.objects.get())
    check_due_payments()
    cancel_ticket(code=Ticket.objects.get().code)
    send_due_refunds()

    assert {name for name, _ in asked} == {"start", "report", "refund"}
    assert not [name for name, inside in asked if inside]


def test_a_payment_reported_late_is_still_open_when_asked_early(show):
    payment = booked(show, "A1")
    charge = SandboxCharge.objects.get(reference=payment.code)

    decide(reference=charge.reference, result=Result.PAID, late=True)

    assert check_payment(payment=payment).status == Payment.Status.PENDING


def charge_of(payment: Payment) -> SandboxCharge:
    return SandboxCharge.objects.get(reference=payment.code)


def test_a_refund_after_a_provider_timeout_is_sent_later(show, monkeypatch):
    ticket = sold(show, "A1")

    cancel_ticket(code=ticket.code)
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "refund", unavailable)
        assert send_due_refunds() == 0
    assert Refund.objects.get().status == Refund.Status.PENDING

    due(Refund.objects.get())
    assert send_due_refunds() == 1
    assert Refund.objects.get().status == Refund.Status.DONE
    assert Payment.objects.get().status == Payment.Status.REFUNDED
