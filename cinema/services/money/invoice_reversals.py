"""Payments of invoices that are taken back: by a second row and entries the other way round, never by altering."""

from decimal import Decimal

from django.db.models import Sum

from cinema.domain.money import exact
from cinema.exceptions import InvoicePaymentRefunded, InvoicePaymentReversed
from cinema.models import CounterAction, InvoicePayment, Payment, Refund, Theatre
from cinema.models.annotated import LockedPayment
from cinema.services.core.locking import lock_payment
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Done, Permission, record_action
from cinema.services.money.ledger import post_invoice_payment
from cinema.services.money.refunds import pay_back_at_once
from cinema.services.money.tills import check_enough, lock_open_session

NOTHING = Decimal(0)


@atomically
def reverse_invoice_payment(*, theatre: Theatre, pk: int, till: str, permission: Permission) -> InvoicePayment:
    """Reverse a payment of an invoice that should not have been entered: it is left to pay again. Cash is booked out of
    the drawer of the session ``till``, by its code. Refunds of that money which still wait are taken off the invoice
    instead. Repeating a request returns the same reversal.

    Raises InvoicePayment.DoesNotExist, InvoicePaymentReversed, InvoicePaymentRefunded and, for cash, DrawerTooEmpty,
    TillNotOpen, TillCounted.
    """
    try:
        payment = lock_payment(invoice__payments=pk, order__theatre=theatre)
    except Payment.DoesNotExist:
        raise InvoicePayment.DoesNotExist from None
    wrong = InvoicePayment.objects.select_related("invoice__theatre", "reversal").get(pk=pk)  # read under the lock
    reversal: InvoicePayment | None = getattr(wrong, "reversal", None)
    if reversal and reversal.key == permission.key:
        return reversal
    if reversal or wrong.is_reversal:
        raise InvoicePaymentReversed
    return _reverse(payment, wrong, till, permission)


def _reverse(payment: LockedPayment, wrong: InvoicePayment, till: str, permission: Permission) -> InvoicePayment:
    invoice, session = wrong.invoice, None
    if wrong.way == InvoicePayment.Way.CASH:
        session = lock_open_session(theatre=invoice.theatre, code=till)
        check_enough(session=session, amount=wrong.amount + wrong.rounding)
    reversal = InvoicePayment.objects.create(
        invoice=invoice,
        reverses=wrong,
        way=wrong.way,
        amount=-wrong.amount,
        rounding=-wrong.rounding,
        reference=wrong.reference,
        paid_on=payment.now.astimezone(invoice.theatre.tz).date(),
        till_session=session,
        at=payment.now,
        by=permission.by,
        key=permission.key,
    )
    invoice.left += wrong.amount
    invoice.save(update_fields=["left"])
    post_invoice_payment(payment=payment, paid=reversal)
    _take_waiting_refunds_off(payment)
    done = Done(CounterAction.Kind.REVERSAL, payment.order, wrong.amount, 0)
    record_action(session=session, done=done, permission=permission)
    invoice.refresh_from_db(fields=["left"])
    return reversal


def _take_waiting_refunds_off(payment: LockedPayment) -> None:
    """Let refunds in money that still wait lessen the invoice, as far as they fit; raise InvoicePaymentRefunded if more
    goes back as money than was paid."""
    for refund in payment.refunds.filter(status=Refund.Status.PENDING).order_by("pk"):
        refund.payment = payment
        pay_back_at_once(refunds=[refund])
    paid = exact(InvoicePayment.objects.filter(invoice__payment=payment).aggregate(sum=Sum("amount"))["sum"])
    back = sum((one.amount for one in payment.refunds.all() if not one.is_off_invoice), NOTHING)
    if back > paid:
        raise InvoicePaymentRefunded
