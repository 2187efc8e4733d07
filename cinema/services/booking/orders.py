"""Writing an order, its lines, and how it stands."""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Case, Exists, OuterRef, Value, When

from cinema.domain.money import tax_in
from cinema.domain.tax import DayTax
from cinema.models import Order, OrderLine, Ticket, TicketSeat

STATUS_OF = {  # of an order, by that of its tickets; the first that one of them has counts
    Ticket.Status.CONFIRMED: Order.Status.PAID,
    Ticket.Status.PENDING: Order.Status.OPEN,
    Ticket.Status.CANCELLED: Order.Status.CANCELLED,
}


def write_lines(*, order: Order, seats: Sequence[TicketSeat]) -> None:
    """Write the lines of new ticket seats, in one statement."""
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            kind=OrderLine.Kind.SEAT,
            ticket_seat=seat,
            unit_price=seat.price,
            amount=seat.price,
            tax_percent=seat.tax_percent,
            tax=tax_in(seat.price, seat.tax_percent),
            reported_price=seat.price if seat.reported is None else seat.reported,
        )
        for seat in seats
    )


def set_reported(*, seats: Iterable[TicketSeat], taxes: DayTax) -> None:
    """Set, without saving it, what the distributor is told that seats cost, by the rules of their ticket types."""
    for seat in seats:
        price = seat.ticket_type.reported_price(seat.show_seat.price) if seat.ticket_type else None
        seat.reported = price
        seat.reported_percent = None if price is None else taxes.percent(OrderLine.Kind.SEAT, price)


def update_status(*, order_ids: Collection[int]) -> None:
    """Let the status of locked orders follow that of their tickets, which has just changed."""
    tickets = Ticket.objects.filter(order=OuterRef("pk"))
    cases = [When(Exists(tickets.filter(status=of)), then=Value(status)) for of, status in STATUS_OF.items()]
    Order.objects.filter(pk__in=order_ids).update(status=Case(*cases, default=Value(Order.Status.EXPIRED)))
