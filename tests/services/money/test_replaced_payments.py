"""Payments that another one has replaced are closed at their provider, unless they were paid meanwhile."""

import pytest

from cinema.exceptions import PaymentsUnavailable
from cinema.gateways.razorpay import RazorpayGateway
from cinema.models import Payment, SandboxCharge, Ticket
from cinema.services.money.payments import check_due_payments, start_payment
from tests.factories import CONTACT, ShowFactory, due, held, order_hold, ticket_of

pytestmark = pytest.mark.django_db(transaction=True)

GATEWAYS = ["stripe", "razorpay", "sandbox"]


@pytest.fixture(params=GATEWAYS)
def replaced(request, providers) -> Payment:
    """A payment of which the buyer has seen the page, and then chosen another way to pay."""
    providers.settings.PAYMENT_GATEWAYS = {"UPI": request.param, "CARD": "sandbox", "WALLET": "sandbox"}
    hold = held(ShowFactory(), "A1")
    first = order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="UPI", key="first")
    start_payment(payment=first)
    order_hold(code=hold.code, buyer="asha", contact=CONTACT, mode="CARD", key="second")
    first.refresh_from_db()
    assert first.status == Payment.Status.REPLACED
    return first


def is_open(providers, payment: Payment) -> bool:
    match payment.gateway:
        case "stripe":
            return providers.stripe.sessions[payment.provider_id]["status"] == "open"
        case "razorpay":
            return providers.razorpay.links[payment.provider_id]["status"] == "created"
    return SandboxCharge.objects.get(reference=payment.code).status == "OPEN"


def test_the_next_run_of_the_jobs_closes_it_so_that_nobody_pays_it(providers, replaced):
    assert is_open(providers, replaced)

    check_due_payments()

    replaced.refresh_from_db()
    assert replaced.status == Payment.Status.FAILED
    assert not is_open(providers, replaced)


def test_one_that_was_paid_meanwhile_counts(providers, replaced):
    providers.pay(replaced)

    check_due_payments()

    replaced.refresh_from_db()
    assert replaced.status == Payment.Status.SUCCESS
    assert ticket_of(replaced).status == Ticket.Status.CONFIRMED


@pytest.mark.parametrize("replaced", ["razorpay"], indirect=True)
def test_a_provider_that_does_not_answer_is_asked_again(providers, replaced, monkeypatch):
    with monkeypatch.context() as away:
        away.setattr(RazorpayGateway, "close", unavailable)
        check_due_payments()
    replaced.refresh_from_db()
    assert (replaced.status, replaced.last_error) == (Payment.Status.REPLACED, "PaymentsUnavailable")
    assert replaced.due_at and is_open(providers, replaced)

    due(replaced)
    check_due_payments()

    assert not is_open(providers, replaced)


def unavailable(self, **facts):
    raise PaymentsUnavailable


def test_an_open_payment_is_not_closed(providers):
    payment = providers.booked("stripe")
    due(payment)
    check_due_payments()
    assert is_open(providers, payment)
