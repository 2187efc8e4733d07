"""Reads about payments."""

from django.db.models import Case, Prefetch, QuerySet, When
from django.db.models.functions import Now

from cinema.models import Hold, Payment, Seat, Ticket, TicketSeat, User
from cinema.models.annotated import PaymentNow, PaymentWithReasonNow
from cinema.selectors.booking.tickets import PRESENT


def payment_by_code(code: str) -> PaymentWithReasonNow | None:
    """The payment with its ticket, order, hold, show and theatre, and ``now``, the database's clock; or None."""
    return (
        Payment.objects.select_related(
            "ticket__order", "ticket__hold", "ticket__show__movie", "ticket__show__screen__theatre"
        )
        .with_refund_reason()
        .annotate(now=Now())
        .filter(code=code)
        .first()
    )


def payment_of_ticket(reference: str, user: User) -> PaymentNow | None:
    """The payment of the user's ticket: the successful one, else the open one, else the latest; with ``now``.

    Its ticket is loaded with its order, hold, show, theatre and seats (``lines``).
    """
    rank = Case(When(status=Payment.Status.PENDING, then=1), When(status__in=Payment.UNPAID, then=0), default=2)
    lines = TicketSeat.objects.filter(PRESENT).select_related("show_seat__seat__category", "ticket_type")
    lines = lines.order_by("show_seat_id")
    payments: QuerySet[Payment] = Payment.objects.filter(ticket__reference=reference, ticket__order__user=user)
    return (
        payments.select_related("ticket__order", "ticket__hold", "ticket__show__movie", "ticket__show__screen__theatre")
        .prefetch_related(Prefetch("ticket__seats", lines, to_attr="lines"))
        .annotate(now=Now())
        .order_by(rank.desc(), "-pk")
        .first()
    )


def payments_of_hold(hold: Hold) -> list[Payment]:
    """All payments for the seats of a hold, each with its ticket, the latest last."""
    return list(Payment.objects.filter(ticket__hold=hold).select_related("ticket").order_by("pk"))


def payment_in_doubt(hold: Hold) -> Payment | None:
    """The latest payment for a hold that was not declined, so that its money was or may still be received."""
    begun = Payment.objects.filter(ticket__hold=hold).exclude(status=Payment.Status.FAILED)
    return begun.order_by("-pk").first()


def seats_of(ticket: Ticket) -> QuerySet[Seat]:
    """All seats a ticket has or had, in hall order."""
    return Seat.objects.filter(show_seats__ticket_seats__ticket=ticket).order_by("y", "x")
