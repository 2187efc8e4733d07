"""Writing an order, its lines, and how it stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, OuterRef, Value, When

from cinema.domain.money import tax_in
from cinema.domain.tax import DayTax
from cinema.models import Order, OrderLine, Ticket, TicketSeat
from cinema.selectors.booking.quotes import Quote, QuotedLine

Kind = OrderLine.Kind
STATUS_OF = {  # of an order, by that of its tickets; the first that one of them has counts
    Ticket.Status.CONFIRMED: Order.Status.PAID,
    Ticket.Status.PENDING: Order.Status.OPEN,
    Ticket.Status.CANCELLED: Order.Status.CANCELLED,
}


def write_lines(*, order: Order, seats: Sequence[TicketSeat], priced: Quote, taxes: DayTax) -> list[OrderLine]:
    """Write the lines of a new order, in one statement: its ``seats`` in the order of the quote, the booking fee, and
    for each coupon and rate of tax a discount.
    """
    lines = [_seat(order, seat, line) for seat, line in zip(seats, priced.lines, strict=True)]
    if priced.fees:
        percent = taxes.percent(Kind.FEE, priced.fee.amount)
        lines.append(_line(order, Kind.FEE, percent, priced.fee.amount, quantity=priced.times))
    rates = {seat.show_seat_id: seat.tax_percent for seat in seats}
    for saving in priced.savings:
        shares: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
        for key, cut in saving.applied.cuts.items():
            shares[rates[key]] += cut
        lines += [_line(order, Kind.DISCOUNT, rate, -shares[rate], coupon=saving.coupon) for rate in sorted(shares)]
    return OrderLine.objects.bulk_create(lines)


def _seat(order: Order, seat: TicketSeat, line: QuotedLine) -> OrderLine:
    """The line of a seat at its price before discounts; the distributor is told what it cost after them, unless its
    ticket type has another rule.
    """
    reported = line.costs if seat.reported is None else seat.reported
    return _line(order, Kind.SEAT, seat.tax_percent, line.price, ticket_seat=seat, reported_price=reported)


def _line(order: Order, kind: str, percent: Decimal, price: Decimal, **more: Any) -> OrderLine:
    amount = price * more.get("quantity", 1)
    tax = tax_in(amount, percent)
    return OrderLine(order=order, kind=kind, unit_price=price, amount=amount, tax_percent=percent, tax=tax, **more)


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
