"""Invariants of a show: the ledger, the holds and the money explain every seat."""

from collections.abc import Iterator

from django.db.models import Count, F, Sum
from django.utils import timezone

from cinema.models import Hold, Payment, Show, Ticket, TicketSeat
from cinema.selectors.figures.ledger import unexplained_seats
from tests.factories import ticket_of


def wrongs(show: Show) -> list[str]:
    """The faults in the show's seats, holds, tickets and money, as sentences."""
    return [*unexplained_seats(show), *_wrong_holds(show), *_wrong_money(show)]


def _wrong_holds(show: Show) -> Iterator[str]:
    for hold in show.holds.annotate(held=Count("seats")):
        living = hold.status == Hold.Status.ACTIVE
        if living and not hold.held and hold.expires_at > timezone.now():
            yield f"{hold.buyer}'s hold has no seats"
        if hold.held and not living:
            yield f"{hold.buyer}'s hold is {hold.status} and has {hold.held} seats"
    waiting = TicketSeat.objects.filter(ticket__show=show, ticket__status=Ticket.Status.PENDING, active=True)
    for line in waiting.exclude(show_seat__hold=F("ticket__hold")):
        yield f"{line} waits for payment but is not held for it"


def _wrong_money(show: Show) -> Iterator[str]:
    for payment in Payment.objects.filter(order__tickets__show=show).annotate(returned=Sum("refunds__amount")):
        if (payment.returned or 0) > payment.amount:
            yield f"{payment.returned} was refunded for {payment.amount}"
        nothing_got = ticket_of(payment).status == Ticket.Status.EXPIRED and payment.status == Payment.Status.SUCCESS
        if nothing_got and payment.returned != payment.amount:
            yield f"{payment} was paid for seats nobody got"
