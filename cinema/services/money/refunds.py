"""Refunds: stored in the transaction that causes them, then sent to the provider until it accepts them."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.db.models.functions import Now

from cinema.domain.money import exact, to_minor
from cinema.exceptions import RefundRefused, RefundTooHigh
from cinema.gateways import get_gateway
from cinema.gateways.base import RefundOrder, RefundState
from cinema.models import Payment, Refund, Ticket
from cinema.services.core.locking import lock_payment
from cinema.services.core.retries import Backoff, attempt_due
from cinema.services.core.transactions import atomically

BACKOFF = Backoff(first=settings.LEFT_ALONE_FOR, factor=2, longest=timedelta(hours=1))


def refund_payment(*, payment: Payment, amount: Decimal, reason: Refund.Reason, at: datetime) -> None:
    """Create a pending refund of ``amount``, if any, in the caller's transaction; send_due_refunds() sends it."""
    if amount:
        Refund.objects.create(payment=payment, amount=amount, reason=reason, created_at=at, due_at=at)


def record_refund(*, ticket: Ticket, amount: Decimal, reason: Refund.Reason, at: datetime) -> None:
    """Create pending refunds of ``amount``, if any, of a ticket whose show the caller has locked.

    Raises RefundTooHigh if all refunds together would exceed what was paid.
    """
    left = amount
    paid: QuerySet[Payment] = ticket.payments.paid()
    for payment in paid.annotate(returned=Sum("refunds__amount")).order_by("pk"):
        part = min(left, payment.amount - exact(payment.returned or Decimal(0)))
        if part > 0:
            refund_payment(payment=lock_payment(pk=payment.pk), amount=part, reason=reason, at=at)
            left -= part
    if left > 0:
        raise RefundTooHigh(amount, amount - left)


def send_due_refunds() -> int:
    """Send every refund that is due to its provider; return how many are done now. Failed ones are retried for ever."""
    return attempt_due(rows=Refund.objects.all(), attempt=lambda key: send_refund(refund_id=key), backoff=BACKOFF)


def send_refund(*, refund_id: int) -> bool:
    """Send a refund to its provider; return True. Safe to repeat: the refund's code is the idempotency key.

    Raises PaymentsUnavailable, RefundRefused, and whatever else the gateway raises.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment = refund.payment
    report = get_gateway(payment.gateway).refund(_order(refund))
    if report.state == RefundState.FAILED:
        raise RefundRefused(payment)
    _mark_done(refund_id=refund_id, payment_id=payment.pk)
    return True


def _order(refund: Refund) -> RefundOrder:
    payment = refund.payment
    return RefundOrder(
        reference=payment.code,
        provider_id=payment.provider_id,
        capture_id=payment.capture_id,
        amount=to_minor(refund.amount, payment.currency),
        currency=payment.currency,
        key=refund.code,
    )


@atomically
def _mark_done(*, refund_id: int, payment_id: int) -> None:
    payment = lock_payment(pk=payment_id)
    Refund.objects.filter(pk=refund_id).update(status=Refund.Status.DONE, done_at=Now(), due_at=None)
    returned = payment.refunds.filter(status=Refund.Status.DONE).aggregate(sum=Sum("amount"))["sum"]
    payment.status = Payment.Status.REFUNDED if returned >= payment.amount else Payment.Status.PART_REFUNDED
    payment.save(update_fields=["status"])
