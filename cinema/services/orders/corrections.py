"""Correct the email address of an order."""

from django.db.models.functions import Now

from cinema.domain.texts import mailbox
from cinema.exceptions import SameEmail
from cinema.models import OutgoingMail, Ticket
from cinema.services.core import audit
from cinema.services.core.outbox import TICKETS, Kind, post
from cinema.services.core.search_words import rewrite_words
from cinema.services.core.transactions import atomically
from cinema.services.orders.staff_actions import RequestedAction, is_duplicate, lock_for_action, log_action


@atomically
def correct_email(*, code: str, email: str, requested: RequestedAction) -> Ticket:
    """Give an order another email address; send waiting and undelivered mails, and a confirmed ticket, to it.

    From then on the order is found by the new address only. Raises SameEmail, OrderChanged.
    """
    ticket, _lines = lock_for_action(code=code, requested=requested)
    if is_duplicate(ticket=ticket, requested=requested):
        return ticket
    order = ticket.order
    if email == order.email:
        raise SameEmail
    order.email = email
    order.coupon_email = order.coupon_email and mailbox(email)
    order.save(update_fields=["email", "coupon_email"])
    rewrite_words(order=order)
    again = OutgoingMail.objects.filter(ticket__order=order, sent_at=None)
    again.update(
        recipient=email, due_at=Now(), attempts=0, created_at=Now(), failed_at=None, failing_since=None, error=""
    )
    if ticket.status == Ticket.Status.CONFIRMED and not again.filter(kind__in=TICKETS).exists():
        post(kind=Kind.TICKET, about=ticket)
    log_action(ticket=ticket, requested=requested, action=audit.Action.EMAIL)
    return ticket
