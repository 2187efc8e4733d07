"""What the seats of tickets are worth now."""

from decimal import Decimal

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from cinema.models import Payment, Ticket, TicketSeat
from cinema.models.annotated import TicketWithWorth

WORTH = Coalesce("repriced", "price")  # the property ``worth`` of TicketSeat, in SQL


def with_worth(tickets: QuerySet[Ticket]) -> QuerySet[TicketWithWorth]:
    """Annotate ``worth``, the sum of the active seats."""
    seats = TicketSeat.objects.filter(ticket=OuterRef("pk"), active=True).order_by().values("ticket")
    sums = Subquery(seats.annotate(sum=Sum(WORTH)).values("sum"))
    return tickets.annotate(worth=Coalesce(sums, Value(0), output_field=DecimalField(max_digits=12, decimal_places=2)))


def by_vouchers(ticket: Ticket) -> dict[int, Decimal]:
    """What vouchers have paid of a ticket, by the keys of its ticket seats; no statement if nothing."""
    if not ticket.kept_vouchers:
        return {}
    paid = Payment.objects.filter(order=ticket.order_id, status=Payment.Status.SUCCESS)
    return dict(paid.filter(ticket_seat__ticket=ticket).values_list("ticket_seat", "amount"))


def kept_for_seats(ticket: Ticket) -> Decimal:
    """The money kept for a ticket without its booking fee, which a buyer who cancels does not get back."""
    return max(ticket.kept - ticket.fee, Decimal(0))
