"""The words under which orders are found."""

from cinema.domain.folding import words_of_person
from cinema.models import Ticket, TicketWord


def write_words(*, ticket: Ticket, theatre_id: int) -> None:
    """Write the words of a new ticket's name and e-mail address, in one statement."""
    words = words_of_person(ticket.name, ticket.email)
    TicketWord.objects.bulk_create(TicketWord(ticket=ticket, theatre_id=theatre_id, word=word) for word in words)


def rewrite_words(*, ticket: Ticket, theatre_id: int) -> None:
    """Replace the words of a ticket whose name or e-mail address has changed."""
    TicketWord.objects.filter(ticket=ticket).delete()
    write_words(ticket=ticket, theatre_id=theatre_id)
