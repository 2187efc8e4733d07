"""Invoices: what is paid of them, and what refunds take off them.

Both happen under the lock of the payment that the invoice is for, so what is left to pay is never paid twice.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cinema.domain.cash import rounded, smallest_coin
from cinema.exceptions import CashNotInCoins, InvoiceOverpaid, InvoicePaidTooEarly, InvoicePaymentKeyReused
from cinema.models import Invoice, InvoicePayment, Payment, Theatre, TillSession, User
from cinema.models.annotated import LockedPayment
from cinema.services.core import audit
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_payment
from cinema.services.core.transactions import atomically
from cinema.services.money.ledger import post_invoice_payment
from cinema.services.money.tills import check_selling, lock_open_session

Way = InvoicePayment.Way
NOTHING = Decimal(0)


class MoneyReceived(NamedTuple):
    """Money that came for an invoice. A transfer has the ``reference`` of the bank and the day it came; cash is taken
    in the session ``till``, by its code, today. ``key`` is the idempotency key."""

    way: str
    amount: Decimal
    key: str
    reference: str = ""
    paid_on: date | None = None
    till: str = ""


@atomically
def pay_invoice(*, theatre: Theatre, code: str, paid: MoneyReceived, by: User) -> InvoicePayment:
    """Enter money that came for an invoice, all that is left or a part. Repeating a request changes nothing.

    It is booked now, whatever its day, so closed days stay as they are. Raises Invoice.DoesNotExist, InvoiceOverpaid,
    InvoicePaidTooEarly, AmountTooPrecise, InvoicePaymentKeyReused and, for cash, CashNotInCoins, TillNotOpen,
    TillCounted, TillOfEarlierDay.
    """
    check_payable(paid.amount)
    try:
        payment = lock_payment(invoice__code=code, order__theatre=theatre)
    except Payment.DoesNotExist:
        raise Invoice.DoesNotExist from None
    invoice = Invoice.objects.select_related("payment", "theatre").get(payment=payment)  # read under the lock
    if earlier := InvoicePayment.objects.filter(key=paid.key).first():
        if earlier.invoice_id != invoice.pk or not _is_same(earlier, paid):
            raise InvoicePaymentKeyReused
        return earlier
    if paid.paid_on and paid.paid_on < invoice.sold_on:
        raise InvoicePaidTooEarly(invoice.sold_on)
    amount, rounding = _amount(invoice, paid, payment.currency)
    row = InvoicePayment.objects.create(
        invoice=invoice,
        way=paid.way,
        amount=amount,
        rounding=rounding,
        reference=paid.reference,
        paid_on=paid.paid_on or payment.now.astimezone(theatre.tz).date(),
        till_session=_session(theatre, paid),
        at=payment.now,
        by=by,
        key=paid.key,
    )
    _lessen(invoice, amount)
    post_invoice_payment(payment=payment, paid=row)
    _note(row, payment, by)
    return row


def parts_of_invoice(*, payment: Payment, amount: Decimal) -> list[Decimal]:
    """A refund of a locked payment on invoice in its parts: what is taken off what is left to pay, then what had been
    paid and goes back as money; only those that are not nothing."""
    left = min(amount, Invoice.objects.get(payment=payment).left)
    return [part for part in (left, amount - left) if part]


def lessen_invoice(*, payment: Payment, amount: Decimal) -> bool:
    """Take a part of a refund, see parts_of_invoice(), off what is left of an invoice, and return True; or False if it
    goes back as money."""
    invoice = Invoice.objects.get(payment=payment)
    if amount > invoice.left:
        return False
    _lessen(invoice, amount)
    return True


def _is_same(earlier: InvoicePayment, paid: MoneyReceived) -> bool:
    """Whether a request repeats the one that has entered ``earlier``; its day is compared if it says one."""
    same = (earlier.way, earlier.reference) == (paid.way, paid.reference)
    amounts = (earlier.amount, earlier.amount + earlier.rounding)  # cash is entered rounded, or is not
    return same and paid.amount in amounts and paid.paid_on in (None, earlier.paid_on)


def _amount(invoice: Invoice, paid: MoneyReceived, currency: str) -> tuple[Decimal, Decimal]:
    """What is paid of the invoice, and what is taken beside for want of smaller coins. Raises InvoiceOverpaid,
    CashNotInCoins."""
    is_cash, left = paid.way == Way.CASH, invoice.left
    in_coins = rounded(left, currency) if is_cash else left
    if left and paid.amount in (left, in_coins):
        return left, in_coins - left
    if paid.amount > left:
        raise InvoiceOverpaid(left)
    if is_cash and rounded(paid.amount, currency) != paid.amount:
        raise CashNotInCoins(in_coins, smallest_coin(currency))
    return paid.amount, NOTHING


def _session(theatre: Theatre, paid: MoneyReceived) -> TillSession | None:
    """The locked session where cash is taken; None for a transfer."""
    if paid.way != Way.CASH:
        return None
    session = lock_open_session(theatre=theatre, code=paid.till)
    check_selling(session=session)
    return session


def _lessen(invoice: Invoice, amount: Decimal) -> None:
    invoice.left -= amount
    invoice.save(update_fields=["left"])


def _note(row: InvoicePayment, payment: LockedPayment, by: User) -> None:
    audit.note(
        action=audit.Action.INVOICE,
        user=by,
        subject=payment.order.reference,
        theatre=row.invoice.theatre,
        ticket=payment.order.tickets.order_by("pk").first(),
        what=row.way,
        amount=str(row.amount),
        left=str(row.invoice.left),
    )
