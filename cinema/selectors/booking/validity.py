"""Whether a ticket is valid, and still needed."""

from cinema.models import Show, Ticket
from cinema.models.annotated import TicketNow


def is_valid(ticket: Ticket) -> bool:
    """Whether a ticket, loaded with its show, admits its holder."""
    return ticket.status == Ticket.Status.CONFIRMED and ticket.show.status != Show.Status.CANCELLED


def is_current(ticket: TicketNow) -> bool:
    """Whether a ticket, loaded with its show, is valid and its show is not over."""
    return is_valid(ticket) and ticket.show.ends_at > ticket.now
