"""Receipts and credit notes, for whoever has the code of the ticket or of the receipt."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cinema.exceptions import BusinessRuleViolation, ReceiptNotChangeable
from cinema.forms.orders.tickets import CompanyForm
from cinema.models import Order, Receipt, Ticket
from cinema.selectors.money import receipts as selectors
from cinema.selectors.money.receipt_documents import receipt_document
from cinema.services.money.receipts import ReceiptBuyer, issue_for_company, issue_receipts
from cinema.views.public.owners import is_owner, is_proven
from cinema.views.public.tickets import ticket_or_404
from cinema.views.receipts import pdf_response
from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of
from cinema.web.shortcuts import or_404


@personal
@require_safe
def ticket_receipt(request: HtmxRequest, code: str) -> HttpResponse:
    """The receipt of a ticket's order, with what its owner can do."""
    ticket = ticket_or_404(code)
    return _latest(request, ticket.order, ticket)


@personal
@require_safe
def order_receipt(request: HtmxRequest, code: str) -> HttpResponse:
    """The receipt of an order, which may have several tickets or none."""
    return _latest(request, or_404(Order.objects.filter(code=code).first()))


@personal
@require_safe
def receipt(request: HtmxRequest, code: str) -> HttpResponse:
    """A receipt or credit note alone, which may be passed on: nothing leads from it to a ticket or an order."""
    found = receipt_or_404(code)
    issue_receipts(order_id=found.order_id)  # credit notes
    return _page(request, found)


@personal
@require_safe
def receipt_pdf(request: HtmxRequest, code: str) -> HttpResponse:
    return pdf_response(receipt_or_404(code))


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_company(request: HtmxRequest, code: str) -> HttpResponse:
    """Ask for the company that the receipt is to name, and issue it so."""
    ticket = ticket_or_404(code)
    _check_known(ticket.order)
    data = request.POST if request.method == "POST" else None
    form = CompanyForm(data, ticket=ticket, owner=is_owner(request, ticket))
    context = {"ticket": ticket, "form": form}
    try:
        if not selectors.can_name_company(ticket.order):
            raise ReceiptNotChangeable
        if is_proven(request, form):
            issued = issue_for_company(order_id=ticket.order_id, buyer=ReceiptBuyer(*form.named))
            messages.success(request, _("Your receipt for %(company)s is ready.") % form.cleaned_data)
            return see_other(issued)
    except BusinessRuleViolation as refusal:
        page = render(
            request, "public/receipts/company.html", context | {"refusal": refusal}, status=status_of(refusal)
        )
        return set_retry_after(page, refusal)
    return render(request, "public/receipts/company.html", context, status=400 if form.is_bound else 200)


def receipt_or_404(code: str) -> Receipt:
    found = or_404(selectors.receipt_by_code(code))
    _check_known(found.order)
    return found


def _latest(request: HtmxRequest, order: Order, ticket: Ticket | None = None) -> HttpResponse:
    """The last receipt of an order, issued now if it is due; or a page that says why there is none."""
    _check_known(order)
    issue_receipts(order_id=order.pk)
    if found := selectors.latest_receipt(order):
        return _page(request, found, order=order, ticket=ticket)
    context = {"order": order, "ticket": ticket, "is_paid": selectors.is_sold(order)}
    return render(request, "public/receipts/none.html", context, status=404)


def _page(request: HtmxRequest, found: Receipt, **whose: Order | Ticket | None) -> HttpResponse:
    """The page of a receipt. ``whose`` is the order, and the ticket, to which it leads back."""
    others = [other for other in selectors.receipts_of(found.order) if other != found]
    context = whose | {
        "receipt": found,
        "document": receipt_document(found),
        "others": others,
        "replaced_by": next((one for one in others if one.corrects == found and one.kind == found.kind), None),
        "can_correct": whose.get("ticket") is not None and found == selectors.correctable_receipt(found.order),
    }
    return render(request, "public/receipts/receipt.html", context)


def _check_known(order: Order) -> None:
    """Receipts outlive the data of their buyers, for the tax office: then only staff see them."""
    if order.is_erased:
        raise Http404
