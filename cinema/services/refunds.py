"""Giving money back: first written down with its cause, then carried out at the gateway, as often as it takes."""

import logging
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Now

from cinema.exceptions import PaymentsUnavailable, RefundTooHigh
from cinema.gateways import get_gateway
from cinema.models import Payment, Refund, Ticket
from cinema.money import quantize
from cinema.services.locking import lock_payment
from cinema.services.transactions import PATIENCE, after_commit, atomically, try_each

logger = logging.getLogger(__name__)


def refund_payment(*, payment: Payment, amount: Decimal, reason: Refund.Reason, at: datetime) -> None:
    """Write down that ``amount``, if any, goes back, in the caller's transaction; it is carried out after it."""
    if amount:
        refund = Refund.objects.create(payment=payment, amount=amount, reason=reason, created_at=at)
        after_commit(carry_out, refund_id=refund.pk)


def give_back(*, ticket: Ticket, amount: Decimal, reason: Refund.Reason, at: datetime) -> None:
    """Write down that ``amount``, if any, of what is kept for a ticket goes back; the caller has locked its show.

    Raises RefundTooHigh, so that no number of refunds gives back more than was paid.
    """
    left = amount
    paid = ticket.payments.paid().annotate(returned=Sum("refunds__amount"))
    for payment in paid.order_by("pk"):
        part = min(left, payment.amount - quantize(payment.returned or Decimal(0)))
        if part > 0:
            refund_payment(payment=lock_payment(pk=payment.pk), amount=part, reason=reason, at=at)
            left -= part
    if left > 0:
        raise RefundTooHigh(amount, amount - left)


def carry_out(*, refund_id: int) -> bool:
    """Have the gateway pay back; return whether it did. Safe to repeat: the refund's code is the gateway's key."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment = refund.payment
    try:
        get_gateway(payment.gateway).refund(reference=payment.code, amount=refund.amount, key=refund.code)
    except PaymentsUnavailable:
        logger.warning("Refund %s waits: the gateway does not answer.", refund.pk)
        return False
    _mark_done(refund_id=refund_id, payment_id=payment.pk)
    return True


@atomically
def _mark_done(*, refund_id: int, payment_id: int) -> None:
    payment = lock_payment(pk=payment_id)
    Refund.objects.filter(pk=refund_id).update(status=Refund.Status.DONE, done_at=Now())
    returned = payment.refunds.filter(status=Refund.Status.DONE).aggregate(sum=Sum("amount"))["sum"]
    payment.status = Payment.Status.REFUNDED if returned >= payment.amount else Payment.Status.PART_REFUNDED
    payment.save(update_fields=["status"])


def carry_out_pending(*, older_than: timedelta = timedelta()) -> int:
    """Try again every refund that is on its way for longer; return how many are paid back now."""
    waiting = Refund.objects.filter(status=Refund.Status.PENDING, created_at__lte=Now() - older_than)
    keys = list(waiting.order_by("created_at").values_list("pk", flat=True))
    return try_each(lambda pk: carry_out(refund_id=pk), keys, patience=PATIENCE)
