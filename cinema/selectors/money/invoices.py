"""Reads about invoices: which are open or overdue, and what is left of one."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from cinema.domain.money import exact
from cinema.models import CounterAction, Invoice, InvoicePayment, Order, Payment, Receipt, Theatre, User
from cinema.models.codes import reference_in

NOTHING = Decimal(0)
MOST = 200  # shown in a list


class InvoiceRow(NamedTuple):
    """An invoice as staff see it: its printed form, None before that is issued, and whether it is overdue."""

    invoice: Invoice
    receipt: Receipt | None
    is_overdue: bool


class PaymentRow(NamedTuple):
    """A payment of an invoice as staff see it: who has entered it, and for a reversal why."""

    paid: InvoicePayment
    by: User | None
    reason: str


class InvoicesOverdue(NamedTuple):
    """How many invoices are overdue, and what is left to pay of them."""

    number: int
    amount: Decimal


class InvoiceList(NamedTuple):
    """Invoices of a theatre, at most MOST, and what is left to pay of all that are open, and that are overdue."""

    rows: Sequence[InvoiceRow]
    left: Decimal
    overdue: Decimal


def invoice_list(theatre: Theatre, today: date, *, paid: bool = False, words: str = "") -> InvoiceList:
    """The open invoices of a theatre, those due first at the top, or the latest that are ``paid``; with ``words`` only
    those whose payer contains them, or whose order has this reference. Three statements."""
    every = Invoice.objects.filter(theatre=theatre)
    is_open = every.filter(left__gt=0)
    chosen = every.filter(left=0).order_by("-pk") if paid else is_open.order_by("due_on", "pk")
    if words:
        chosen = chosen.filter(Q(payer__icontains=words) | Q(payment__order__reference=reference_in(words)))
    left = is_open.aggregate(all=Sum("left"), overdue=Sum("left", filter=Q(due_on__lt=today)))
    return InvoiceList(_rows(chosen[:MOST], today), exact(left["all"] or NOTHING), exact(left["overdue"] or NOTHING))


def invoice_at(theatre: Theatre, code: str, today: date) -> InvoiceRow | None:
    """The invoice with this code, with its theatre, payment and order; None if the theatre has none."""
    return next(iter(_rows(Invoice.objects.filter(theatre=theatre, code=code), today)), None)


def payments_of(invoice: Invoice) -> list[PaymentRow]:
    """What was paid of an invoice, and reversed. Two statements, or three."""
    rows = list(invoice.payments.select_related("till_session__till", "reversal").order_by("pk"))
    people = User.objects.in_bulk({row.by_id for row in rows})
    keys = [row.key for row in rows if row.is_reversal]
    reasons = {one.key: one.get_reason_display() for one in CounterAction.objects.filter(key__in=keys)} if keys else {}
    return [PaymentRow(row, people.get(row.by_id), reasons.get(row.key, "")) for row in rows]


def payment_at(theatre: Theatre, code: str, pk: int) -> InvoicePayment | None:
    """A payment of the invoice with this code, with its till; None if there is no such payment at the theatre."""
    found = InvoicePayment.objects.select_related("invoice__theatre", "till_session__till", "reversal")
    return found.filter(invoice__theatre=theatre, invoice__code=code, pk=pk).first()


def overdue_invoices(theatre: Theatre, now: datetime) -> InvoicesOverdue | None:
    """The invoices of a theatre that are due and not paid; None if there are none. One statement."""
    today = now.astimezone(theatre.tz).date()
    late = Invoice.objects.filter(theatre=theatre, left__gt=0, due_on__lt=today)
    found = late.aggregate(number=Count("pk"), left=Sum("left"))
    return InvoicesOverdue(found["number"], exact(found["left"])) if found["number"] else None


def _rows(invoices: QuerySet[Invoice], today: date) -> list[InvoiceRow]:
    found = list(invoices.select_related("theatre", "payment__order"))
    orders = [invoice.payment.order_id for invoice in found]
    issued = {row.order_id: row for row in Receipt.objects.filter(order__in=orders, invoice__isnull=False)}
    return [
        InvoiceRow(invoice, issued.get(invoice.payment.order_id), invoice.left > 0 and invoice.due_on < today)
        for invoice in found
    ]


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
