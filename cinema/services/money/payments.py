"""Payments: start a charge at the provider, and ask what became of it. No provider is called inside a transaction.

A successful charge is always found: by the provider's webhook, by the buyer's return, or by polling the provider about
each unpaid payment, at growing intervals, until it can no longer succeed.
"""

from dataclasses import replace
from datetime import timedelta
from threading import BoundedSemaphore

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.money import to_minor
from cinema.exceptions import PaymentsUnavailable, PaymentUndecided, ReportMismatch
from cinema.gateways import get_gateway
from cinema.gateways.base import Charge, PaymentReport, Result
from cinema.models import (
    Payment,
    PaymentMode,
)
from cinema.observability.metrics import refusals
from cinema.services.booking import sql
from cinema.services.core.retries import Backoff, attempt_due
from cinema.services.money.incidents import record_incident
from cinema.services.money.settlement import settle_payment

# Polling intervals: each 1.25 times as long as the last, at most a day.
BACKOFF = Backoff(first=settings.LEFT_ALONE_FOR, factor=1.25, longest=timedelta(days=1))
# How long a payment is polled after it was declined, and without any decision.
DECLINED_FOR, UNDECIDED_FOR = timedelta(days=2), timedelta(days=90)
# A page polls its payment at most this often, and at most half of the threads wait for the provider.
ASK_EVERY = timedelta(seconds=5)
WAITS_AT_TILL = timedelta(minutes=5)  # then a payment that was started at a till is closed
TURN_WITHIN = 3.0  # seconds for which somebody who wants to pay waits for a turn; pages that only ask do not
_pages_asking = BoundedSemaphore(max(1, settings.THREADS // 2))


@refusals()
def start_payment(*, payment: Payment) -> str:
    """Start the payment at its provider and return the URL to send the buyer to. Safe to repeat.

    If there is nothing to pay, the order is confirmed and ``payment`` updated at once. For a decided payment the URL
    is that of its result. Raises PaymentsUnavailable; the payment then stays pending and nothing was charged.
    """
    page = payment.get_absolute_url()
    if payment.status != Payment.Status.PENDING:
        return page
    if not payment.amount:
        settled = settle_payment(report=_nothing_to_pay(payment))
        payment.status, payment.order.status = settled.status, settled.order.status
        for ticket, now in zip(payment.order.ticket_list, settled.order.ticket_list, strict=True):
            ticket.status = now.status
        return page
    if payment.pay_url:
        return payment.pay_url
    charge = Charge(
        reference=payment.code,
        amount=to_minor(payment.amount, payment.currency),
        currency=payment.currency,
        mode=payment.mode,
        description=payment.order.reference,
        email=payment.order.email,
        return_url=settings.SITE_URL + page,
        reader=reader_for(payment=payment),
    )
    if not _pages_asking.acquire(timeout=TURN_WITHIN):
        raise PaymentsUnavailable
    try:
        started = get_gateway(payment.gateway).start(charge)
    finally:
        _pages_asking.release()
    sql.STARTED.run({}, payment=payment.pk, pay_url=started.url, provider_id=started.provider_id)
    return started.url


def reader_for(*, payment: Payment) -> str:
    """The card reader that a payment is to be handed to, "" if none is; no statement for other modes."""
    of_till = payment.mode == PaymentMode.READER and payment.till_session
    return of_till.till.reader if of_till else ""


def check_payment(*, payment: Payment) -> Payment:
    """Poll the provider about an unpaid payment for its page, and apply the report.

    Returns ``payment`` itself if nothing was reported: within ASK_EVERY of the last poll, while too many pages are
    polling, or if the provider does not answer; check_due_payments() polls it later.
    """
    if payment.status not in Payment.UNPAID or not _pages_asking.acquire(blocking=False):
        return payment
    try:
        long_ago = Q(attempted_at=None) | Q(attempted_at__lte=Now() - ASK_EVERY)
        polls = Payment.objects.filter(long_ago, pk=payment.pk).update(attempted_at=Now())
        return poll_payment(payment=payment) if polls else payment
    except (PaymentsUnavailable, ReportMismatch):  # of a mismatch, an incident is recorded
        return payment
    finally:
        _pages_asking.release()


def check_due_payments() -> int:
    """Poll every unpaid payment that is due and apply the reports; return how many are decided now."""
    return attempt_due(rows=Payment.objects.all(), attempt=_check, backoff=BACKOFF)


def _check(key: int) -> bool:
    """Poll an unpaid payment; one that was replaced is closed at its provider first, unless it was paid meanwhile, and
    so is one that was started at a till and has waited too long."""
    rows: QuerySet[Payment] = Payment.objects.filter(pk=key)
    payment = rows.annotate(now=Now()).get()
    if payment.status not in Payment.UNPAID:  # decided by a process of an older version, which does not set due_at
        rows.update(due_at=None)
        return False
    declined = payment.status == Payment.Status.FAILED
    is_last = payment.now - payment.created_at > (DECLINED_FOR if declined else UNDECIDED_FOR)
    if is_last:
        rows.update(due_at=None)
    is_forgotten = payment.is_started_at_till and payment.now - payment.created_at > WAITS_AT_TILL
    if is_forgotten and not declined and not payment.provider_id:
        return fail_payment(payment=payment).status != payment.status
    if payment.provider_id and (payment.status == Payment.Status.REPLACED or (is_forgotten and not declined)):
        get_gateway(payment.gateway).close(reference=payment.code, provider_id=payment.provider_id)
    now = poll_payment(payment=payment)
    if is_last and now.status in Payment.OPEN:
        raise PaymentUndecided(payment)
    return now.status != payment.status


def poll_payment(*, payment: Payment) -> Payment:
    """Ask the provider about a payment and apply the report; return ``payment`` itself while it is open.

    Raises PaymentsUnavailable, ReportMismatch.
    """
    if not payment.amount:
        return settle_payment(report=_nothing_to_pay(payment))
    report = get_gateway(payment.gateway).report(reference=payment.code, provider_id=payment.provider_id)
    if report.reference not in ("", payment.code):
        raise PaymentsUnavailable  # an answer about another payment is none
    if report.result == Result.OPEN:
        return payment
    try:
        return settle_payment(report=replace(report, reference=payment.code), gateway=payment.gateway)
    except ReportMismatch as mismatch:
        record_incident(mismatch=mismatch)
        raise


def fail_payment(*, payment: Payment) -> Payment:
    """Note that a payment that no provider was asked for has failed."""
    nothing = PaymentReport(reference=payment.code, result=Result.DECLINED, amount=0, currency=payment.currency)
    return settle_payment(report=nothing, gateway=payment.gateway)


def _nothing_to_pay(payment: Payment) -> PaymentReport:
    return PaymentReport(reference=payment.code, result=Result.PAID, amount=0, currency=payment.currency)
