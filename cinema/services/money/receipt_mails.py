"""Mailing receipts again."""

from cinema.exceptions import EmailErased
from cinema.models import GiftCard, Receipt, User
from cinema.services.core import audit
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically


@atomically
def resend_receipt(*, receipt: Receipt, user: User) -> None:
    """Mail a receipt or credit note to its buyer again. Raises EmailErased."""
    order = receipt.order
    if not order.email:
        raise EmailErased
    about = order.tickets.select_related("order").order_by("pk").first()
    card = GiftCard.objects.select_related("order_line__order").filter(order_line__order=order).order_by("pk").first()
    post(kind=Kind.RECEIPT, about=about or card or order, receipt=receipt.code)
    audit.note(action=audit.Action.RESEND, user=user, subject=receipt, theatre=receipt.theatre)
