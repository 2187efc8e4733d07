"""Receipts as files, for buyers and for staff."""

from django.http import HttpResponse

from cinema.exports.receipt_pdf import receipt_pdf
from cinema.models import Receipt
from cinema.selectors.money.receipt_documents import buyers_document


def pdf_response(receipt: Receipt) -> HttpResponse:
    """The receipt as a PDF file to be saved, in the buyer's language."""
    document = buyers_document(receipt)
    return HttpResponse(
        receipt_pdf(document),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{document.filename}"'},
    )
