"""Receipts and credit notes that go with mails."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from cinema.exceptions.database import is_away
from cinema.exports.receipt_pdf import receipt_pdf
from cinema.mail.rendering import Mail
from cinema.models import Order, OutgoingMail, Receipt, Refund, Ticket
from cinema.selectors.money.receipt_documents import buyers_document
from cinema.selectors.money.receipts import receipts
from cinema.services.money.receipts import issue_receipts

logger = logging.getLogger(__name__)


class Papers(NamedTuple):
    """PDF files by name, for a mail: of a receipt, an ``invoice``, or of ``credit`` notes. If they could not be made,
    ``url`` is where they are instead."""

    files: Sequence[tuple[str, bytes]] = ()
    url: str = ""
    credit: bool = False
    invoice: bool = False

    def attach_to(self, mail: Mail) -> Mail:
        for name, file in self.files:
            mail.attach(name, file, "application/pdf")
        return mail


def receipt_of_sale(ticket: Ticket) -> Papers:
    """The receipt of a ticket's order; of several tickets with mails of their own, the first has it."""
    first = Ticket.objects.filter(order=ticket.order_id).exclude(confirmed_at=None).order_by("pk").first()
    return receipt_of_order(ticket.order, ticket.receipt_path) if ticket == first else Papers()


def receipt_of_order(order: Order, path: str) -> Papers:
    """The receipt of an order; ``path`` leads to it."""
    return _papers(order, path, Q(kind=Receipt.Kind.RECEIPT, corrections=None))


def credit_note_of_order(order: Order, path: str) -> Papers:
    """The credit notes of an order without tickets."""
    return _papers(order, path, Q(kind=Receipt.Kind.CREDIT_NOTE))


def papers_of(receipt: Receipt) -> Papers:
    """A receipt or credit note that was issued."""
    document = buyers_document(receipt)
    return Papers([(document.filename, receipt_pdf(document))])


def credit_notes_of(ticket: Ticket, mail: OutgoingMail) -> Papers:
    """The credit notes for the refunds that ``mail`` is about: the latest when it was written, but none from before
    the ticket was cancelled."""
    before = Refund.objects.filter(ticket=ticket, created_at__lte=mail.created_at)
    if ticket.cancelled_at:
        before = before.filter(created_at__gte=ticket.cancelled_at)
    latest = before.order_by("-created_at").values_list("created_at", flat=True).first()
    which = Q(kind=Receipt.Kind.CREDIT_NOTE, refund__ticket=ticket, refund__created_at=latest)
    return _papers(ticket.order, ticket.receipt_path, which) if latest else Papers()


def _papers(order: Order, path: str, which: Q) -> Papers:
    """The files, issued now if they are due. A mail is sent without them rather than not at all."""
    try:
        issue_receipts(order_id=order.pk)
        found = list(receipts().filter(which, order=order).order_by("pk"))
        documents = [buyers_document(receipt) for receipt in found]
        files = [(document.filename, receipt_pdf(document)) for document in documents]
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("A receipt could not be made for a mail, at order %s.", order.pk)
        return Papers(url=settings.SITE_URL + path)
    credit = any(receipt.kind == Receipt.Kind.CREDIT_NOTE for receipt in found)
    return Papers(files, credit=credit, invoice=any(receipt.invoice for receipt in found))
