"""Receipts and credit notes for staff, also of buyers whose data was erased."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation
from cinema.models import Receipt, Theatre
from cinema.selectors.money.receipt_documents import receipt_document
from cinema.selectors.money.receipts import receipt_by_code
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.services.money.receipt_mails import resend_receipt
from cinema.views.receipts import pdf_response
from cinema.views.staff.access import at_theatre
from cinema.web.decorators import see_other
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404


def receipt_or_404(theatre: Theatre, code: str) -> Receipt:
    found = receipt_by_code(code)
    return or_404(found if found and found.theatre == theatre else None)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def receipt(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    return _page(request, receipt_or_404(theatre, code))


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def receipt_pdf(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    return pdf_response(receipt_or_404(theatre, code))


@at_theatre(MANAGER, BOX_OFFICE)
@require_POST
def send(request: StaffRequest, theatre: Theatre, code: str) -> HttpResponse:
    """Mail the receipt to its buyer again."""
    found = receipt_or_404(theatre, code)
    try:
        resend_receipt(receipt=found, user=request.user)
    except BusinessRuleViolation as error:
        return _page(request, found, error=str(error), status=status_of(error))
    messages.success(request, _("It is on its way to %(email)s.") % {"email": found.order.email})
    return see_other(reverse("staff-receipts-receipt", args=[theatre.slug, found.code]))


def _page(request: StaffRequest, found: Receipt, *, error: str = "", status: int = 200) -> HttpResponse:
    document = receipt_document(found)
    context = {"theatre": found.theatre, "receipt": found, "document": document, "error": error}
    return render(request, "staff/receipts/receipt.html", context, status=status)
