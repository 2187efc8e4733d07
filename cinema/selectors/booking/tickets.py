"""Reads about tickets. A ticket comes with its show, movie, theatre, languages, hold and seats: nothing lazy."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.money import share
from cinema.models import Payment, Refund, Show, Ticket, TicketSeat, User
from cinema.models.annotated import TicketWithMoney
from cinema.selectors.core.balances import with_money

COMING = Q(status=Ticket.Status.CONFIRMED, show__ends_at__gt=Now()) | Q(
    status=Ticket.Status.PENDING, hold__expires_at__gt=Now()
)
PAST = Q(status=Ticket.Status.CONFIRMED, show__ends_at__lte=Now())
CANCELLED = Q(status=Ticket.Status.CANCELLED)

# The seats a confirmed ticket still has; of any other those it had.
PRESENT = Q(active=True) | ~Q(ticket__status=Ticket.Status.CONFIRMED)

SECTIONS = {
    "coming": (COMING, "show__starts_at"),
    "past": (PAST, "-show__starts_at"),
    "cancelled": (CANCELLED, "-cancelled_at"),
}


class CancellationTerms(NamedTuple):
    """Until when a ticket can be cancelled (None: at any time), and how much of what is kept for it is refunded then.

    ``of`` is what is kept for the seats it still has.
    """

    until: datetime | None
    percent: int
    of: Decimal
    amount: Decimal

    def open_at(self, moment: datetime) -> bool:
        return self.until is None or moment <= self.until


def cancellation_terms(ticket: TicketWithMoney) -> CancellationTerms:
    """The terms ``ticket`` was sold under; all of it goes back once its show is cancelled.

    It comes with its show and with_money(). What was refunded before is not refunded again.
    """
    if ticket.show.status == Show.Status.CANCELLED:
        return CancellationTerms(None, 100, ticket.kept, ticket.kept)
    left = min(ticket.kept, ticket.worth)
    amount = share(left, ticket.refund_percent)
    return CancellationTerms(cancel_until(ticket), ticket.refund_percent, left, amount)


class SaleTerms(NamedTuple):
    """Until when a ticket bought now could be cancelled, and how many percent would be refunded."""

    until: datetime
    percent: int


def sale_terms(show: Show) -> SaleTerms:
    """The terms under which tickets of ``show``, which comes with its theatre, are sold."""
    theatre = show.screen.theatre
    return SaleTerms(show.starts_at - timedelta(minutes=theatre.cancel_cutoff), theatre.refund_percent)


def cancel_until(ticket: Ticket) -> datetime:
    """Until when ``ticket``, which comes with its show, can be cancelled or changed by its buyer."""
    return ticket.show.starts_at - timedelta(minutes=ticket.cancel_cutoff)


def tickets() -> QuerySet[Ticket]:
    """All tickets, each with everything its page shows, in three queries; and with ``now``, the database's clock.

    The seats of a confirmed ticket are those it still has; of any other, those it had.
    """
    seats = TicketSeat.objects.filter(PRESENT).select_related("show_seat__seat__category", "ticket_type")
    seats = seats.order_by("show_seat__seat__y", "show_seat__seat__x")
    # Not one query of eight tables: to plan it takes longer than these two.
    shows = Show.objects.select_related("movie", "screen__theatre", "language", "subtitles")
    tickets = with_money(Ticket.objects.select_related("hold")).annotate(now=Now())
    return tickets.prefetch_related(Prefetch("show", shows), Prefetch("seats", seats))


def ticket_by_code(code: str) -> Ticket | None:
    """Return the ticket with this code, or None."""
    return tickets().filter(code=code).first()


def later_ticket(ticket: Ticket) -> Ticket | None:
    """The ticket that took the place of an expired one: the buyer went on with other seats or ticket types."""
    later = Ticket.objects.filter(hold=ticket.hold_id, pk__gt=ticket.pk).exclude(status=Ticket.Status.EXPIRED)
    return later.order_by("-pk").first()


def may_be_paid(ticket: Ticket) -> bool:
    """Whether money may still come for a ticket that is not paid."""
    return ticket.payments.filter(status__in=Payment.OPEN).exists()


def ticket_code(*, reference: str, email: str) -> str | None:
    """Return the code of the ticket with this reference that was booked with this e-mail address, in any case."""
    return Ticket.objects.filter(reference=reference, email__iexact=email).values_list("code", flat=True).first()


def ticket_counts(user: User) -> dict[str, int]:
    """How many tickets ``user`` has in each section: coming, past, cancelled."""
    return Ticket.objects.filter(own(user)).aggregate(
        **{name: Count("pk", filter=where) for name, (where, _) in SECTIONS.items()}
    )


def tickets_of(user: User, section: str) -> QuerySet[Ticket]:
    """The tickets of ``user`` in one of the sections: the next one first, or the latest."""
    where, order = SECTIONS[section]
    return tickets().filter(where & own(user)).order_by(order, "pk")


def own(user: User) -> Q:
    """The tickets of an account: those booked while signed in, and those booked without an account with its e-mail
    address, which a mailed link has proven."""
    return Q(user=user) | Q(user=None, email=user.email)


def is_own(ticket: Ticket, user: User) -> bool:
    """The same of one ticket."""
    return ticket.user_id == user.pk or (ticket.user_id is None and ticket.email == user.email)


def refunds_of(ticket: Ticket) -> list[Refund]:
    """What was refunded for ``ticket``, or is on its way."""
    return list(Refund.objects.filter(payment__ticket=ticket).order_by("created_at"))


def changes_of(ticket: Ticket) -> int:
    """A number that rises whenever the ticket, a show it is or was for, or the film of one is changed, and never falls.

    The seat ledger has every change of its seats; the versions of all its shows, those of their plans.
    """
    shows = ticket.events.values("show", plan=F("show__version"), film=F("show__movie__version"))
    return sum(show["steps"] + show["plan"] + show["film"] for show in shows.annotate(steps=Count("pk")).order_by())
