"""Signed tokens of the links that prove access to a ticket's mailbox. Nothing is stored."""

from django.core import signing

from cinema.models import Ticket

GOOD_FOR = 24 * 60 * 60  # seconds


def make_token(ticket: Ticket) -> str:
    """Sign the ticket for a link in a mail to its current email."""
    return signing.dumps(ticket.code, salt=_salt(ticket))


def proves(token: str, ticket: Ticket) -> bool:
    """Whether the token was made for this ticket and its current email within GOOD_FOR seconds."""
    try:
        code: str = signing.loads(token, salt=_salt(ticket), max_age=GOOD_FOR)
    except signing.BadSignature:
        return False
    return code == ticket.code


def _salt(ticket: Ticket) -> str:
    return f"cinema.owner {ticket.order.email}"
