"""The search index of orders: words of the buyer's name and email address."""

from cinema.domain.folding import words_of_person
from cinema.models import Ticket, TicketWord


def write_words(*, ticket: Ticket, theatre_id: int) -> None:
    """Index a new ticket, in one statement."""
    words = words_of_person(ticket.name, ticket.email)
    TicketWord.objects.bulk_create(TicketWord(ticket=ticket, theatre_id=theatre_id, word=word) for word in words)


def rewrite_words(*, ticket: Ticket, theatre_id: int) -> None:
    """Index a ticket again after its name or email address has changed."""
    TicketWord.objects.filter(ticket=ticket).delete()
    write_words(ticket=ticket, theatre_id=theatre_id)
