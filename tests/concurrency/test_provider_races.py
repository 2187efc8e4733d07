"""Money that a provider takes at a till, from a card or by a UPI code, while the seller voids the sale."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from cinema.domain.money import to_minor
from cinema.gateways.base import PaymentReport, Result
from cinema.models import Hold, Order, Payment, Refund, TillSession
from cinema.selectors.money.ledger_faults import order_faults
from cinema.selectors.orders.counter import sales_to_finish
from cinema.services.booking.expiry import release_all_expired
from cinema.services.money.settlement import settle_payment
from cinema.services.orders import counter
from cinema.services.orders.counter import void_sale
from tests.concurrency.harness import interleave, without_locks
from tests.factories import ShowFactory, counter_sale, lapsed, paid_at_till, till_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> TillSession:
    return till_session(float=500)


@pytest.fixture(params=["READER", "QR"])
def payment(request: pytest.FixtureRequest, settings: Any, session: TillSession) -> Payment:
    """A seat for 250 whose money a provider is asked for."""
    settings.COUNTER_GATEWAYS = {"READER": "stripe", "QR": "razorpay"}
    sale = counter_sale(session, ShowFactory(screen__theatre=session.theatre), "A1")
    return paid_at_till(session, sale, request.param)


def paying(payment: Payment) -> Callable[[], object]:
    """The provider reports that it has the money."""
    amount = to_minor(payment.amount, payment.currency)
    captured = {"result": Result.PAID, "amount": amount, "currency": payment.currency, "capture_id": "C 1"}
    return partial(settle_payment, report=PaymentReport(reference=payment.code, **captured))


def voiding(payment: Payment, session: TillSession) -> Callable[[], object]:
    which = {"theatre": session.theatre, "reference": payment.order.reference, "till": session.code}
    return partial(void_sale, **which, by=session.opened_by)


def to_finish(session: TillSession) -> list[Decimal]:
    return [vars(order)["received"] for order in sales_to_finish(session.theatre)]


def test_what_was_paid_just_before_a_void_goes_back(payment: Payment, session: TillSession):
    paid, voided = interleave(paying(payment), voiding(payment, session))

    assert (paid.error, voided.error, to_finish(session)) == (None, None, [])
    assert [(one.amount, one.status) for one in Refund.objects.all()] == [(250, "PENDING")]
    assert not list(order_faults(Order.objects.all()))


def test_what_is_paid_just_after_a_void_is_listed(payment: Payment, session: TillSession):
    voided, paid = interleave(voiding(payment, session), paying(payment))

    assert (paid.error, voided.error, to_finish(session)) == (None, None, [250])
    assert not Refund.objects.exists()
    assert not list(order_faults(Order.objects.all()))


def replace_anyway(*, payment: Payment) -> None:
    Payment.objects.filter(pk=payment.pk).update(status=Payment.Status.REPLACED)


@pytest.fixture
def lapsed_payment(payment: Payment, monkeypatch: pytest.MonkeyPatch) -> Payment:
    """Its seats are released, so a void first gives up the payment; that only an unpaid one is given up, the second
    safeguard beside the lock, is taken away."""
    lapsed(Hold.objects.get())
    release_all_expired()
    monkeypatch.setattr(counter, "replace_payment", replace_anyway)
    return payment


def test_a_lock_alone_keeps_what_is_paid_during_a_void(lapsed_payment: Payment, session: TillSession):
    interleave(voiding(lapsed_payment, session), paying(lapsed_payment))

    assert to_finish(session) == [250]
    assert not list(order_faults(Order.objects.all()))


@pytest.mark.nightly
def test_without_the_lock_too_a_void_forgets_it(lapsed_payment: Payment, session: TillSession):
    with without_locks():
        interleave(voiding(lapsed_payment, session), paying(lapsed_payment), patience=20)

    assert (to_finish(session), Refund.objects.count()) == ([], 0)
    assert list(order_faults(Order.objects.all()))
