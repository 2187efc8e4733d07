"""Signed tokens of the links that stop reminders. Nothing is stored."""

from django.core import signing

from cinema.models import Ticket


def make_token(ticket: Ticket) -> str:
    """Sign the ticket for a link in a mail to its current email."""
    return signing.dumps(ticket.code, salt=_salt(ticket))


def proves(token: str, ticket: Ticket) -> bool:
    """Whether the token was made for this ticket and its current email, which must not have been erased."""
    try:
        code: str = signing.loads(token, salt=_salt(ticket))
    except signing.BadSignature:
        return False
    return code == ticket.code and bool(ticket.order.email)


def _salt(ticket: Ticket) -> str:
    return f"cinema.reminders {ticket.order.email}"
