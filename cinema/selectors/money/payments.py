"""Reads about payments."""

from django.db.models import Case, Prefetch, QuerySet, When
from django.db.models.functions import Now

from cinema.models import Hold, Payment, Seat, Ticket, TicketSeat, User
from cinema.selectors.booking.tickets import PRESENT


def payment_by_code(code: str) -> Payment | None:
    """The payment with its ticket, hold, show and theatre, and ``now``: the database's clock."""
    return (
        Payment.objects.select_related("ticket__hold", "ticket__show__movie", "ticket__show__screen__theatre")
        .with_refund_reason()
        .annotate(now=Now())
        .filter(code=code)
        .first()
    )


def payment_of_ticket(reference: str, user: User) -> Payment | None:
    """The payment that counts for the user's ticket: one that was made, else the open or the latest one; ``now`` as
    above.

    Its ticket comes with its hold, show, theatre and ``lines``, the seats on it.
    """
    rank = Case(When(status=Payment.Status.PENDING, then=1), When(status__in=Payment.UNPAID, then=0), default=2)
    lines = TicketSeat.objects.filter(PRESENT).select_related("show_seat__seat__category", "ticket_type")
    lines = lines.order_by("show_seat_id")
    return (
        Payment.objects.filter(ticket__reference=reference, ticket__user=user)
        .select_related("ticket__hold", "ticket__show__movie", "ticket__show__screen__theatre")
        .prefetch_related(Prefetch("ticket__seats", lines, to_attr="lines"))
        .annotate(now=Now())
        .order_by(rank.desc(), "-pk")
        .first()
    )


def payments_of_hold(hold: Hold) -> list[Payment]:
    """Every payment begun for the seats of a hold, each with its ticket, the latest last."""
    return list(Payment.objects.filter(ticket__hold=hold).select_related("ticket").order_by("pk"))


def payment_in_doubt(hold: Hold) -> Payment | None:
    """The latest payment for a hold's seats that was not declined: its money came, or may still come."""
    begun = Payment.objects.filter(ticket__hold=hold).exclude(status=Payment.Status.FAILED)
    return begun.order_by("-pk").first()


def seats_of(ticket: Ticket) -> QuerySet[Seat]:
    """The seats a ticket is, or was, for, in the order of the hall."""
    return Seat.objects.filter(show_seats__ticket_seats__ticket=ticket).order_by("y", "x")
