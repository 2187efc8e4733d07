"""Payments that are started at a till and taken by a provider: begun, given up, and cards asked for by readers.

The sale notes the payment in its transaction; then the provider is asked, outside of any. What becomes of it is learnt
as of every payment: by the provider's message, by asking for the page that waits, and by the job that asks.
"""

import logging

from django.conf import settings
from django.db.models.functions import Now

from cinema.exceptions import PaymentsUnavailable, ReaderNotReady, ReportMismatch
from cinema.gateways import get_gateway
from cinema.gateways.base import Reader, ReaderGateway
from cinema.models import Payment, PaymentMode, Theatre, Till, User
from cinema.services.core import audit
from cinema.services.core.locking import lock_till
from cinema.services.core.transactions import atomically
from cinema.services.money.payments import fail_payment, poll_payment, reader_for, start_payment

logger = logging.getLogger(__name__)


def begin_payment(*, payment: Payment) -> None:
    """Have the provider ask for the money of a pending payment. Repeating it asks once.

    Raises ReaderNotReady and PaymentsUnavailable; the payment has then failed, and nothing was charged. If nobody knows
    whether a reader was reached, it waits.
    """
    pending = Payment.objects.filter(pk=payment.pk, status=Payment.Status.PENDING, attempted_at=None)
    if not pending.update(attempted_at=Now()):
        return
    try:
        if payment.mode == PaymentMode.READER and not reader_for(payment=payment):
            raise ReaderNotReady
        start_payment(payment=payment)
    except (PaymentsUnavailable, ReaderNotReady):  # nobody was asked
        fail_payment(payment=payment)
        raise
    payment.refresh_from_db(fields=["provider_id", "status"])
    if payment.mode == PaymentMode.READER and payment.status == Payment.Status.PENDING:
        _hand_over(payment)


def give_up(*, payment: Payment) -> Payment:
    """Close a waiting payment at its provider, and return what became of it: it has failed, or was paid after all, or
    still waits since its card is being read.

    If the provider does not answer it is REPLACED: a job closes it, and what it brings nevertheless counts.
    """
    if payment.status != Payment.Status.PENDING:
        return payment
    now = payment if payment.provider_id else fail_payment(payment=payment)
    if not now.provider_id:  # else it has been started meanwhile
        return now
    try:
        get_gateway(now.gateway).close(reference=now.code, provider_id=now.provider_id)
        return poll_payment(payment=now)
    except (PaymentsUnavailable, ReportMismatch):  # of a mismatch, an incident is recorded
        replace_payment(payment=now)
        return now


def replace_payment(*, payment: Payment) -> None:
    """Have a job close a payment at its provider; no effect unless it is pending."""
    replaced = {"status": Payment.Status.REPLACED, "due_at": Now()}
    if Payment.objects.filter(pk=payment.pk, status=Payment.Status.PENDING).update(**replaced):
        payment.status = Payment.Status.REPLACED


def card_readers() -> list[Reader]:
    """The card readers that tills may have. Raises PaymentsUnavailable."""
    name = settings.COUNTER_GATEWAYS.get(PaymentMode.READER)
    return _reader_gateway(name).readers() if name else []


@atomically
def choose_reader(*, theatre: Theatre, pk: int, reader: Reader | None, by: User) -> Till:
    """Give a till a card reader, or none. Raises Till.DoesNotExist."""
    till = lock_till(pk=pk, theatre=theatre)
    till.reader, till.reader_name = (reader.reader_id, reader.name[:100]) if reader else ("", "")
    till.save(update_fields=["reader", "reader_name"])
    audit.note(action=audit.Action.TILL, user=by, subject=till, theatre=theatre, reader=till.reader_name)
    return till


def _hand_over(payment: Payment) -> None:
    gateway = _reader_gateway(payment.gateway)
    try:
        gateway.hand_over(provider_id=payment.provider_id, reader_id=reader_for(payment=payment))
    except ReaderNotReady:
        give_up(payment=payment)
        raise
    except PaymentsUnavailable:  # the reader may ask for the card, or not: it is found out as of any other
        logger.info("Nobody knows whether a card reader was reached.")


def _reader_gateway(name: str) -> ReaderGateway:
    gateway: ReaderGateway = get_gateway(name)  # type: ignore[assignment]
    return gateway
