"""Reads about payments."""

from django.db.models import Case, Prefetch, QuerySet, When
from django.db.models.functions import Now

from cinema.models import Hold, Order, Payment, SeatUpgrade, Ticket, TicketSeat, User
from cinema.models.annotated import PaymentWithReasonNow
from cinema.selectors.booking.tickets import PRESENT, tickets_for_page, with_lines, with_tickets
from cinema.selectors.core.compiled import Compiled


def payment_by_code(code: str) -> PaymentWithReasonNow | None:
    """The payment with its order, and ``now``, the database's clock; or None."""
    return next(iter(_by_code(code)), None)


def upgrade_of(payment: Payment) -> SeatUpgrade | None:
    """The upgrade that the payment is for, with its ticket, and its hold with show and theatre; or None."""
    upgrades = SeatUpgrade.objects.select_related("ticket", "hold__show__movie", "hold__show__screen__theatre")
    return upgrades.filter(payment=payment).first()


def is_payable(payment: PaymentWithReasonNow) -> bool:
    """Whether the payment is open and all seats of its order are still held for it."""
    is_open = (payment.status, payment.order.status) == (Payment.Status.PENDING, Order.Status.OPEN)
    return is_open and all(hold.is_active_at(payment.now) for hold in Hold.objects.filter(tickets__order=payment.order))


def load_tickets(payment: Payment) -> None:
    """Load the ``ticket_list`` of the payment's order, as with_tickets() does."""
    order = payment.order
    order.ticket_list = _tickets(order.pk)
    lines = _lines(order.pk) if order.ticket_list else []
    for ticket in order.ticket_list:
        ticket.order, ticket.lines = order, [line for line in lines if line.ticket_id == ticket.pk]
        for line in ticket.lines:
            line.ticket = ticket


@Compiled
def _by_code(code: str) -> QuerySet[PaymentWithReasonNow]:
    payments = Payment.objects.by_provider().with_refund_reason().annotate(now=Now())
    return payments.select_related("order").filter(code=code)


@Compiled
def _tickets(order: int) -> QuerySet[Ticket]:
    return tickets_for_page().filter(order=order)


@Compiled
def _lines(order: int) -> QuerySet[TicketSeat]:
    lines = TicketSeat.objects.filter(ticket__order=order).select_related("show_seat__seat")
    return lines.order_by("show_seat__seat__y", "show_seat__seat__x")


def payment_of_ticket(reference: str, user: User) -> PaymentWithReasonNow | None:
    """The payment of the user's ticket: the successful one, else the open one, else the latest; with ``now``. Payments
    for upgrades of it do not count.

    It is loaded as with_tickets() and with_lines() do, with the PRESENT seats.
    """
    rank = Case(When(status=Payment.Status.PENDING, then=1), When(status__in=Payment.UNPAID, then=0), default=2)
    seats = TicketSeat.objects.filter(PRESENT).select_related("show_seat__seat__category", "ticket_type")
    seats = seats.order_by("show_seat_id")
    payments = Payment.objects.by_provider().with_refund_reason().annotate(now=Now())
    own = payments.filter(order__tickets__reference=reference, order__user=user, upgrade=None)
    return with_lines(with_tickets(own, seats)).order_by(rank.desc(), "-pk").first()


def tickets_of(order: str) -> "Prefetch[str]":
    """Load the tickets of orders, at this path, with their shows as ``ticket_list``."""
    tickets = Ticket.objects.select_related("show__movie").order_by("pk")
    return Prefetch(f"{order}__tickets", tickets, to_attr="ticket_list")


def latest_payment(hold: Hold) -> Payment:
    """The latest payment for the seats of a hold that was checked out."""
    return Payment.objects.by_provider().filter(order__tickets__hold=hold).latest("pk")


def payment_in_doubt(hold: Hold) -> Payment | None:
    """The latest payment for a hold that was not declined, so that its money was or may still be received."""
    begun = Payment.objects.by_provider().filter(order__tickets__hold=hold).exclude(status=Payment.Status.FAILED)
    return begun.order_by("-pk").first()
