"""Cancelling a ticket: its seats are free at once, and the money goes back by the theatre's rule."""

from datetime import datetime
from decimal import Decimal

from cinema.exceptions import NotCancellable
from cinema.models import Payment, Refund, Ticket, TicketSeat, User
from cinema.selectors.tickets import cancellation_terms
from cinema.services.ledger import Action, Actor, move_seats
from cinema.services.locking import lock_payment, lock_show, lock_ticket_seats
from cinema.services.mailing import FOR_MAIL, mail_cancellation
from cinema.services.offers import offer_freed_seats
from cinema.services.refunds import refund_payment
from cinema.services.transactions import after_commit, atomically


@atomically
def cancel_ticket(*, code: str, user: User | None = None) -> Ticket:
    """Cancel a confirmed ticket for its buyer, until the theatre's cut-off.

    Raises NotCancellable, Show.DoesNotExist when no ticket has that code.
    """
    show = lock_show(*FOR_MAIL, pk=Ticket.objects.filter(code=code).values("show")[:1])
    lines = lock_ticket_seats(ticket__code=code)
    ticket = Ticket.objects.get(code=code)
    ticket.show = show
    now = lines[0].now
    terms = cancellation_terms(ticket)
    if ticket.status != Ticket.Status.CONFIRMED or not terms.open_at(now):
        raise NotCancellable(ticket)

    seats = [line.show_seat for line in lines]
    step = {"at": now, "actor": Actor.BUYER, "user": user, "ticket": ticket, "takings": -terms.amount}
    move_seats(show=show, seats=seats, action=Action.CANCEL, **step)
    TicketSeat.objects.filter(ticket=ticket).update(active=False)
    ticket.status, ticket.cancelled_at = Ticket.Status.CANCELLED, now
    ticket.save(update_fields=["status", "cancelled_at"])
    _give_back(ticket, terms.amount, now)
    offer_freed_seats(show=show)
    after_commit(mail_cancellation, ticket=ticket, lines=lines)
    return ticket


def _give_back(ticket: Ticket, amount: Decimal, now: datetime) -> None:
    paid = ticket.payments.filter(status=Payment.Status.SUCCESS, refunds=None).values_list("pk", flat=True)
    payment = lock_payment(pk=paid.get())
    refund_payment(payment=payment, amount=amount, reason=Refund.Reason.CANCELLED, at=now)
