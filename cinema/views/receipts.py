"""Receipts as files, for buyers and for staff."""

from django.http import HttpResponse

from cinema.exports.receipt_pdf import receipt_filename, receipt_pdf
from cinema.models import Receipt


def pdf_response(receipt: Receipt) -> HttpResponse:
    """The receipt as a PDF file to be saved."""
    return HttpResponse(
        receipt_pdf(receipt),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{receipt_filename(receipt)}"'},
    )
