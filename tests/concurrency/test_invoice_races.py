"""An invoice that two people enter as paid at once, or that is paid while its tickets are cancelled."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError

from cinema.exceptions import InvoiceOverpaid, InvoicePaymentReversed
from cinema.models import Invoice, InvoicePayment, Order, Refund, TillSession
from cinema.selectors.money.ledger_faults import order_faults
from cinema.services.money.invoice_reversals import reverse_invoice_payment
from cinema.services.money.invoices import MoneyReceived, pay_invoice
from cinema.services.orders.cancellations import cancel_ticket
from tests.concurrency.harness import interleave, race, without_locks
from tests.factories import ShowFactory, counter_sale, on_invoice, permission, till_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session() -> TillSession:
    return till_session(ShowFactory().screen.theatre, float=500)


@pytest.fixture
def invoice(session: TillSession) -> Invoice:
    return on_invoice(session, counter_sale(session, ShowFactory(screen__theatre=session.theatre), "A1"))


def transfer(invoice: Invoice, session: TillSession, key: str) -> Callable[[], object]:
    """The whole invoice is entered as paid."""
    paid = MoneyReceived("TRANSFER", invoice.left, key, "T 4711")
    return partial(pay_invoice, theatre=session.theatre, code=invoice.code, paid=paid, by=session.opened_by)


def both(invoice: Invoice, session: TillSession) -> list[Callable[[], object]]:
    return [transfer(invoice, session, f"a key of 16 chars {number}") for number in (1, 2)]


def received() -> Decimal:
    return sum(InvoicePayment.objects.values_list("amount", flat=True), Decimal(0))


def test_an_invoice_is_paid_once_by_two_people_at_once(invoice: Invoice, session: TillSession):
    outcomes = race(*both(invoice, session))

    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome.error, InvoiceOverpaid) for outcome in outcomes) == 1
    assert received() == 250
    assert not list(order_faults(Order.objects.all()))


@pytest.mark.nightly
def test_without_locks_it_is_paid_twice(invoice: Invoice, session: TillSession):
    with without_locks():
        race(*both(invoice, session), patience=20)

    assert received() == 500
    assert list(order_faults(Order.objects.all()))


def test_the_same_request_sent_twice_at_once_pays_once(invoice: Invoice, session: TillSession):
    outcomes = race(*(transfer(invoice, session, "a key of 16 chars") for _ in range(2)))

    assert [outcome.error for outcome in outcomes] == [None, None]
    assert received() == 250


def reversals(invoice: Invoice, session: TillSession) -> list[Callable[[], object]]:
    """Two people reverse the same payment."""
    paid = transfer(invoice, session, "a key of 16 chars")()
    assert isinstance(paid, InvoicePayment)
    return [
        partial(
            reverse_invoice_payment,
            theatre=session.theatre,
            pk=paid.pk,
            till=session.code,
            permission=permission(session, "WRONG_AMOUNT"),
        )
        for _ in range(2)
    ]


def test_a_payment_is_reversed_once_by_two_people_at_once(invoice: Invoice, session: TillSession):
    outcomes = race(*reversals(invoice, session))

    assert sum(isinstance(outcome.error, InvoicePaymentReversed) for outcome in outcomes) == 1
    assert received() == 0
    assert not list(order_faults(Order.objects.all()))


@pytest.mark.nightly
def test_without_locks_only_the_database_forbids_the_second_reversal(invoice: Invoice, session: TillSession):
    with without_locks():
        outcomes = race(*reversals(invoice, session), patience=20)

    assert sum(isinstance(outcome.error, IntegrityError) for outcome in outcomes) == 1
    assert received() == 0


def test_what_is_paid_while_the_tickets_are_cancelled_goes_back(invoice: Invoice, session: TillSession):
    cancel = partial(cancel_ticket, code=invoice.payment.order.tickets.get().code)

    paid, cancelled = interleave(transfer(invoice, session, "a key of 16 chars"), cancel)

    assert (paid.error, cancelled.error) == (None, None)
    assert [(one.amount, one.status) for one in Refund.objects.all()] == [(250, "PENDING")]
    assert not list(order_faults(Order.objects.all()))
