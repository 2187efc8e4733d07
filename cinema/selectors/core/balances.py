"""The current prices of the seats of tickets."""

from decimal import Decimal

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from cinema.models import Payment, Ticket, TicketSeat
from cinema.models.annotated import TicketWithPrice

CURRENT_PRICE = Coalesce("repriced", "price")  # the property ``current_price`` of TicketSeat, in SQL


def with_current_price(tickets: QuerySet[Ticket]) -> QuerySet[TicketWithPrice]:
    """Annotate ``current_price``, the sum of those of the active seats."""
    seats = TicketSeat.objects.filter(ticket=OuterRef("pk"), active=True).order_by().values("ticket")
    sums = Subquery(seats.annotate(sum=Sum(CURRENT_PRICE)).values("sum"))
    total = Coalesce(sums, Value(0), output_field=DecimalField(max_digits=12, decimal_places=2))
    return tickets.annotate(current_price=total)


def by_vouchers(ticket: Ticket) -> dict[int, Decimal]:
    """What vouchers have paid of a ticket, by the keys of its ticket seats; no statement if nothing."""
    if not ticket.kept_vouchers:
        return {}
    paid = Payment.objects.filter(order=ticket.order_id, status=Payment.Status.SUCCESS)
    return dict(paid.filter(ticket_seat__ticket=ticket).values_list("ticket_seat", "amount"))


def kept_for_seats(ticket: Ticket) -> Decimal:
    """The money kept for a ticket without its booking fee, which a buyer who cancels does not get back."""
    return max(ticket.kept - ticket.fee, Decimal(0))
