"""Money received for tickets and not refunded."""

from django.db.models import DecimalField, Model, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from cinema.models import Payment, Refund, Ticket, TicketSeat
from cinema.models.annotated import TicketWithMoney

WORTH = Coalesce("repriced", "price")  # the property ``worth`` of TicketSeat, in SQL


def with_money(tickets: QuerySet[Ticket]) -> QuerySet[TicketWithMoney]:
    """Annotate ``kept``, the money received less recorded refunds, and ``worth``, the sum of the active seats."""
    received = Payment.objects.paid().filter(ticket=OuterRef("pk"))
    returned = Refund.objects.filter(payment__ticket=OuterRef("pk"))
    seats = TicketSeat.objects.filter(ticket=OuterRef("pk"), active=True)
    return tickets.annotate(
        kept=_sum(received, "ticket", "amount") - _sum(returned, "payment__ticket", "amount"),
        worth=_sum(seats, "ticket", WORTH),
    )


def _sum(rows: QuerySet[Model], by: str, what: str | Coalesce) -> Coalesce:
    sums = rows.order_by().values(by).annotate(sum=Sum(what)).values("sum")
    return Coalesce(Subquery(sums), Value(0), output_field=DecimalField(max_digits=12, decimal_places=2))
