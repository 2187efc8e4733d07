"""Reads about tickets. A ticket comes with its show, movie, theatre, languages, hold and seats: nothing lazy."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from cinema.models import Refund, Show, Ticket, TicketSeat, User
from cinema.money import quantize

COMING = Q(status=Ticket.Status.CONFIRMED, show__ends_at__gt=Now()) | Q(
    status=Ticket.Status.PENDING, hold__expires_at__gt=Now()
)
PAST = Q(status=Ticket.Status.CONFIRMED, show__ends_at__lte=Now())
CANCELLED = Q(status=Ticket.Status.CANCELLED)

SECTIONS = {
    "coming": (COMING, "show__starts_at"),
    "past": (PAST, "-show__starts_at"),
    "cancelled": (CANCELLED, "-cancelled_at"),
}


class CancellationTerms(NamedTuple):
    """Until when a ticket can be cancelled, and how much of its price is paid back then."""

    until: datetime
    percent: int
    amount: Decimal

    def open_at(self, moment: datetime) -> bool:
        return moment <= self.until


def cancellation_terms(ticket: Ticket) -> CancellationTerms:
    """The terms ``ticket`` was sold under. It comes with its show."""
    return CancellationTerms(
        until=ticket.show.starts_at - timedelta(minutes=ticket.cancel_cutoff),
        percent=ticket.refund_percent,
        amount=quantize(ticket.amount * ticket.refund_percent / 100),
    )


def tickets() -> QuerySet[Ticket]:
    """All tickets, each with everything its page shows, in three queries."""
    seats = TicketSeat.objects.select_related("show_seat__seat__category", "ticket_type").order_by(
        "show_seat__seat__y", "show_seat__seat__x"
    )
    # Not one query of eight tables: to plan it takes longer than these two.
    shows = Show.objects.select_related("movie", "screen__theatre", "language", "subtitles")
    return Ticket.objects.select_related("hold").prefetch_related(Prefetch("show", shows), Prefetch("seats", seats))


def ticket_by_code(code: str) -> Ticket | None:
    """Return the ticket with this code, or None."""
    return tickets().filter(code=code).first()


def ticket_code(*, reference: str, email: str) -> str | None:
    """Return the code of the ticket with this reference that was booked with this e-mail address, in any case."""
    return Ticket.objects.filter(reference=reference, email__iexact=email).values_list("code", flat=True).first()


def ticket_counts(user: User) -> dict[str, int]:
    """How many tickets ``user`` has in each section: coming, past, cancelled."""
    return user.tickets.aggregate(**{name: Count("pk", filter=where) for name, (where, _) in SECTIONS.items()})


def tickets_of(user: User, section: str) -> QuerySet[Ticket]:
    """The tickets of ``user`` in one of the sections: the next one first, or the latest."""
    where, order = SECTIONS[section]
    return tickets().filter(where, user=user).order_by(order, "pk")


def refunds_of(ticket: Ticket) -> list[Refund]:
    """What was given back for ``ticket``, or is on its way."""
    return list(Refund.objects.filter(payment__ticket=ticket).order_by("created_at"))
