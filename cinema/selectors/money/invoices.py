"""Reads about invoices."""

from decimal import Decimal

from cinema.models import Invoice, InvoicePayment, Payment, Refund

NOTHING = Decimal(0)


def invoice_of(payment: Payment) -> Invoice | None:
    """The invoice that a payment is for; None for any other payment."""
    invoice: Invoice | None = getattr(payment, "invoice", None) if payment.is_on_invoice else None
    return invoice


def paid_of(payment: Payment) -> list[InvoicePayment]:
    """What was paid of the invoice of a payment; nothing for any other payment."""
    invoice = invoice_of(payment)
    return list(invoice.payments.all()) if invoice else []


def left_to_pay(payment: Payment) -> Decimal:
    """What the rows say is left of the invoice of a payment, which comes with its refunds."""
    paid = sum((one.amount for one in paid_of(payment)), NOTHING)
    return payment.amount - paid - sum((one.amount for one in payment.refunds.all() if takes_off(one)), NOTHING)


def takes_off(refund: Refund) -> bool:
    """Whether a refund of a payment on invoice has only lessened what is left to pay."""
    return refund.status == Refund.Status.DONE and refund.till_session_id is None
