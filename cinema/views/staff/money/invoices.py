"""Invoices: which are open or overdue, and what is paid of them."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.domain.money import format_money
from cinema.exceptions import BusinessRuleViolation, InvoicePaymentKeyReused, TillNotOpen
from cinema.forms.money.invoices import InvoicePaymentForm
from cinema.models import InvoicePayment, Theatre
from cinema.selectors.money.invoices import InvoiceRow, invoice_at, invoice_list, payments_of
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.invoices import pay_invoice
from cinema.services.money.receipts import issue_receipts
from cinema.views.staff.access import at_theatre, till_of
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404, typed


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def invoices(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The open invoices, or with ``?state=paid`` those that are paid; ``?q=`` searches."""
    asked, paid = typed(request.GET, "q"), request.GET.get("state") == "paid"
    found = invoice_list(theatre, _today(theatre), paid=paid, words=asked)
    context = {"theatre": theatre, "found": found, "asked": asked, "paid": paid}
    return render(request, "staff/payments/invoices.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """An invoice, and what was paid of it; by POST enter money that came."""
    row = or_404(invoice_at(theatre, code, _today(theatre)))
    days = (row.invoice.sold_on, _today(theatre))
    form = InvoicePaymentForm(request.POST or None, days=days, left=row.invoice.left)
    if not form.is_valid():
        return _page(request, row, form, 400 if form.is_bound else 200)
    session = till_of(request, theatre)
    paid = form.paid(session.code if session else "")
    try:
        if paid.way == InvoicePayment.Way.CASH and session is None:
            raise TillNotOpen
        entered = pay_invoice(theatre=theatre, code=code, paid=paid, by=request.user)
    except BusinessRuleViolation as error:
        if isinstance(error, InvoicePaymentKeyReused):
            form.renew_key()
        form.add_error(None, str(error))
        return _page(request, or_404(invoice_at(theatre, code, _today(theatre))), form, status_of(error))
    _say(request, entered)
    return see_other(request.path)


def _say(request: StaffRequest, entered: InvoicePayment) -> None:
    amounts = {"amount": format_money(entered.amount + entered.rounding), "left": format_money(entered.invoice.left)}
    if entered.invoice.left:
        messages.success(request, _("%(amount)s is entered as paid. %(left)s is left to pay.") % amounts)
    else:
        messages.success(request, _("%(amount)s is entered as paid. Nothing is left to pay.") % amounts)


def _page(request: StaffRequest, row: InvoiceRow, form: InvoicePaymentForm, status: int) -> HttpResponse:
    if row.receipt is None:
        issue_receipts(order_id=row.invoice.payment.order_id)
        row = or_404(invoice_at(row.invoice.theatre, row.invoice.code, _today(row.invoice.theatre)))
    payments = payments_of(row.invoice)
    off = row.invoice.payment.amount - row.invoice.left - sum(one.paid.amount for one in payments)
    context: dict[str, Any] = {
        "theatre": row.invoice.theatre,
        "invoice": row.invoice,
        "receipt": row.receipt,
        "form": form,
    }
    context |= {"is_overdue": row.is_overdue, "payments": payments, "off": off}
    context["ticket"] = row.invoice.payment.order.tickets.order_by("pk").first()
    return render(request, "staff/payments/invoice.html", context, status=status)


def _today(theatre: Theatre) -> date:
    return timezone.now().astimezone(theatre.tz).date()
