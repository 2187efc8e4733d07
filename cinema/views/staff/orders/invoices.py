"""Sales on invoice at the counter, with a permission of one's own, or with the PIN of a supervisor."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.orders.counter import InvoiceForm
from cinema.models import Theatre
from cinema.selectors.orders.counter import sale_in_hand
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.receipts import issue_receipts
from cinema.services.orders.counter import CounterSale
from cinema.services.orders.invoices import sell_on_invoice
from cinema.views.staff.access import at_theatre, till_of
from cinema.views.staff.orders.counter import Hand, end_sale
from cinema.views.staff.orders.permissions import permit
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of


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
        form.show(total=in_hand.quote.total, rest=in_hand.cards.rest)
    context = {"theatre": theatre, "form": form, "sale": in_hand, "session": session}
    return render(request, "staff/counter/invoice.html", context, status=status)
