"""Sales on invoice at the counter, and payments of invoices taken back, with a permission of one's own, or with the PIN
of a supervisor."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cinema.domain.money import format_money
from cinema.exceptions import BusinessRuleViolation, TillNotOpen
from cinema.forms.orders.counter import InvoiceForm, ReversalForm
from cinema.models import InvoicePayment, Theatre
from cinema.selectors.money.invoices import payment_at
from cinema.selectors.orders.counter import sale_in_hand
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.invoice_reversals import reverse_invoice_payment
from cinema.services.money.receipts import issue_receipts
from cinema.services.orders.counter import CounterSale
from cinema.services.orders.invoices import sell_on_invoice
from cinema.views.staff.access import at_theatre, till_of
from cinema.views.staff.orders.counter import Hand, end_sale
from cinema.views.staff.orders.permissions import permit
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def invoice(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Sell what is left to pay of the sale in hand on invoice."""
    hand, session = Hand.of(request), till_of(request, theatre)
    form = InvoiceForm(request.POST or None, theatre=theatre, may=request.staff_role.may(MANAGER))
    status = 400 if form.errors else 200
    if session and form.is_valid():
        seen = {"seen": form.cleaned_data["total"], "seen_rest": form.cleaned_data["rest"]}
        sale = CounterSale(session, hand.buyer, hand.chosen, contact=form.contact, **seen)
        try:
            permission = permit(request, theatre, form)
            payment = sell_on_invoice(sale=sale, terms=form.terms, permission=permission)
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
        else:
            issue_receipts(order_id=payment.order_id)
            end_sale(request, payment)
            return see_other(f"{reverse('staff-sell', args=[theatre.slug])}?done={payment.code}")
    in_hand = sale_in_hand(theatre, hand.buyer, hand.chosen) if session else None
    if in_hand:
        form.show(total=in_hand.quote.total, rest=in_hand.rest)
    context = {"theatre": theatre, "form": form, "sale": in_hand, "session": session}
    return render(request, "staff/counter/invoice.html", context, status=status)


@at_theatre(MANAGER, BOX_OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def reverse_payment(request: StaffRequest, theatre: Theatre, code: str, pk: int) -> HttpResponse:
    """Reverse a payment of an invoice that should not have been entered."""
    wrong, session = or_404(payment_at(theatre, code, pk)), till_of(request, theatre)
    form = ReversalForm(request.POST or None, theatre=theatre, may=request.staff_role.may(MANAGER))
    status = 400 if form.errors else 200
    if form.is_valid():
        try:
            if wrong.way == InvoicePayment.Way.CASH and session is None:
                raise TillNotOpen
            till = session.code if session else ""
            permission = permit(request, theatre, form)
            _say(request, reverse_invoice_payment(theatre=theatre, pk=pk, till=till, permission=permission))
            return see_other(wrong.invoice)
        except BusinessRuleViolation as error:
            form.add_error(None, str(error))
            status = status_of(error)
    context = {"theatre": theatre, "paid": wrong, "session": session, "form": form}
    return render(request, "staff/payments/reverse.html", context, status=status)


def _say(request: StaffRequest, reversal: InvoicePayment) -> None:
    amount = format_money(-reversal.amount - reversal.rounding)
    amounts = {"amount": amount, "left": format_money(reversal.invoice.left)}
    messages.success(request, _("The payment of %(amount)s is reversed. %(left)s is left to pay.") % amounts)
    if reversal.till_session:
        where = {"amount": amount, "till": reversal.till_session.till}
        messages.warning(request, _("%(amount)s less should now be in the drawer of %(till)s.") % where)
