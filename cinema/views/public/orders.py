"""The page of an order: all that was bought with it, for whoever has its address."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cinema.selectors.booking.tickets import order_by_code
from cinema.selectors.money.receipts import may_have_receipt
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


@personal
@require_safe
def order(request: HtmxRequest, code: str) -> HttpResponse:
    """The tickets of an order. Redirects to the ticket if it is the only one; of gift cards, to what was paid for."""
    found = or_404(order_by_code(code))
    if not found.ticket_list:
        return redirect(found.payments.latest("pk"))
    if len(found.ticket_list) == 1:
        return redirect(found.ticket_list[0])
    return render(request, "public/orders/order.html", {"order": found, "has_receipt": may_have_receipt(found)})
