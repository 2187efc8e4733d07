"""Proof of ownership of a ticket: by its email address, or by a link mailed to it."""

from cinema.domain.texts import normalise_email
from cinema.exceptions import NotTheOwner
from cinema.models import FailedTry, MailRequest, Ticket
from cinema.selectors.booking.tickets import ticket_code
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.people.failed_tries import count_try
from cinema.services.people.mail_requests import note_mail_request


def prove_owner(*, ticket: Ticket, email: str, client_ip: str) -> None:
    """Compare the ``email`` that somebody at a ``client_ip`` says the ticket was booked with.

    Raises NotTheOwner, and TooManyWrongEmails whatever it is.
    """
    right = bool(ticket.order.email) and normalise_email(ticket.order.email) == normalise_email(email)
    count_try(kind=FailedTry.Kind.TICKET, about=ticket.reference, client_ip=client_ip, right=right)
    if not right:
        raise NotTheOwner(ticket)


def find_ticket(*, reference: str, email: str, client_ip: str) -> str | None:
    """The code of the ticket with this reference and email address, or None. Raises TooManyWrongEmails."""
    code = ticket_code(reference=reference, email=email)
    count_try(kind=FailedTry.Kind.TICKET, about=reference, client_ip=client_ip, right=code is not None)
    return code


@atomically
def mail_owner_link(*, ticket: Ticket, client_ip: str) -> None:
    """Mail a link that proves whose the ticket is, to its email address. Raises NotTheOwner, TooManyMails."""
    if not ticket.order.email:
        raise NotTheOwner(ticket)
    note_mail_request(kind=MailRequest.Kind.TICKET, email=ticket.order.email, client_ip=client_ip)
    post(kind=Kind.OWNER_LINK, about=ticket)
