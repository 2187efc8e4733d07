"""Reads about invoices."""

from decimal import Decimal

from cinema.models import Invoice, InvoicePayment, Order, Payment

NOTHING = Decimal(0)


def invoice_of(payment: Payment) -> Invoice | None:
    """The invoice that a payment is for; None for any other payment."""
    invoice: Invoice | None = getattr(payment, "invoice", None) if payment.is_on_invoice else None
    return invoice


def invoice_of_order(order: Order) -> Invoice | None:
    """The invoice of an order, with its payment and theatre; only sales at the counter have one."""
    if order.channel != Order.Channel.COUNTER:
        return None
    return Invoice.objects.select_related("payment", "theatre").filter(payment__order=order).first()


def terms_of(invoice: Invoice) -> dict[str, str]:
    """What its printed form says of an invoice: whom to pay how much, and until when."""
    return {
        "address": invoice.address,
        "due_on": invoice.due_on.isoformat(),
        "amount": str(invoice.payment.amount),
        "bank_account": invoice.theatre.bank_account,
    }


def paid_of(payment: Payment) -> list[InvoicePayment]:
    """What was paid of the invoice of a payment; nothing for any other payment."""
    invoice = invoice_of(payment)
    return list(invoice.payments.all()) if invoice else []


def left_to_pay(payment: Payment) -> Decimal:
    """What the rows say is left of the invoice of a payment, which comes with its refunds."""
    paid = sum((one.amount for one in paid_of(payment)), NOTHING)
    return payment.amount - paid - sum((one.amount for one in payment.refunds.all() if one.is_off_invoice), NOTHING)
