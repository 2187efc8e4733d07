"""Writing an order, its lines, and how it stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Value, When

from cinema.domain.money import tax_in
from cinema.domain.tax import DayTax
from cinema.domain.texts import mailbox
from cinema.models import GiftCard, Hold, Order, OrderLine, Payment, Ticket, TicketSeat
from cinema.models.codes import new_reference
from cinema.selectors.booking.gift_cards import GiftCardRequest
from cinema.selectors.booking.quotes import NOTHING, Quote, QuotedLine, Saving
from cinema.selectors.booking.tax import taxes_at
from cinema.services.booking import sql
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.booking.coupons import take_uses
from cinema.services.core.search_words import words_of

Kind = OrderLine.Kind
STATUS_OF = {  # of an order, by that of its tickets; the first that one of them has counts
    Ticket.Status.CONFIRMED: Order.Status.PAID,
    Ticket.Status.PENDING: Order.Status.OPEN,
    Ticket.Status.CANCELLED: Order.Status.CANCELLED,
}


def draft_order(*, holds: Sequence[Hold], priced: Quote, request: BookingRequest, now: datetime) -> Order:
    """An order, not yet written, with a ticket for the seats of each hold (``ticket_list``) and its ``line_list``.

    An order without holds is for gift cards sold at a till. The uses of its coupons are taken. Raises what
    coupons.take_uses() raises.
    """
    theatre = holds[0].show.screen.theatre if holds or not request.till else request.till.session.theatre
    coupons = [saving.coupon for saving in priced.savings]
    take_uses(coupons=coupons, email=request.contact.email, user_id=request.user.pk if request.user else None)
    order = Order(
        theatre=theatre,
        channel=request.channel,
        language=request.language,
        total=priced.total,
        coupon_email=coupon_email(priced=priced, request=request),
        user=request.user,
        terms_version=request.terms,
        terms_accepted_at=now if request.terms else None,
        created_at=now,
        **request.contact._asdict(),
    )
    order.ticket_list = [
        _ticket(order, hold, priced, new_reference() if number else order.reference)
        for number, hold in enumerate(holds)
    ]
    taxes = taxes_at(theatre, now)
    seats = _seats(order, priced, taxes)
    order.line_list = _lines(order, seats, priced, taxes)
    order.line_list += [_line(order, Kind.GIFT_CARD, NOTHING, card.amount) for card in request.bought]
    return order


def write_order(*, order: Order, payment: Payment | None = None) -> None:
    """Write a drafted order with its tickets, their seats, its lines, search words and, if given, its payment."""
    sql.ORDER.run(
        {
            "purchase": [order],
            "ticket": order.ticket_list,
            "seat": [line.ticket_seat for line in order.line_list if line.ticket_seat],
            "line": order.line_list,
            "word": words_of(order=order),
            "payment": [payment] if payment else [],
        }
    )


def write_gift_cards(*, order: Order, bought: Sequence[GiftCardRequest]) -> None:
    """Write the gift cards of an order that was just written. They are activated once it is paid."""
    lines = [line for line in order.line_list if line.kind == Kind.GIFT_CARD]
    moment = {"deliver_at": order.created_at, "created_at": order.created_at}
    GiftCard.objects.bulk_create(
        GiftCard(theatre=order.theatre, order_line=line, amount=card.amount, recipient_email=card.email, **moment)
        for line, card in zip(lines, bought, strict=True)
    )


def _ticket(order: Order, hold: Hold, priced: Quote, reference: str) -> Ticket:
    seats = sum((line.costs for line in priced.lines if line.seat.hold_id == hold.pk), NOTHING)
    fee = priced.fees_at(hold.show)
    return Ticket(
        order=order,
        reference=reference,
        show=hold.show,
        hold=hold,
        amount=seats + fee,
        fee=fee,
        cancel_cutoff=order.theatre.cancel_cutoff,
        refund_percent=order.theatre.refund_percent,
        offer_version=hold.show.offer_version,
        created_at=order.created_at,
    )


def _seats(order: Order, priced: Quote, taxes: DayTax) -> list[TicketSeat]:
    """The seats of all tickets of a new order; each ticket gets its own as ``lines``."""
    tickets: dict[int | None, Ticket] = {ticket.hold_id: ticket for ticket in order.ticket_list}
    seats = [
        TicketSeat(
            ticket=tickets[line.seat.hold_id],
            show_seat=line.seat,
            ticket_type=line.ticket_type,
            price=line.costs,
            tax_percent=taxes.percent(OrderLine.Kind.SEAT, line.costs),
        )
        for line in priced.lines
    ]
    set_reported(seats=seats, taxes=taxes)
    for ticket in order.ticket_list:
        ticket.lines = [seat for seat in seats if seat.ticket is ticket]
    return seats


def coupon_email(*, priced: Quote, request: BookingRequest) -> str:
    """The mailbox that the order's coupons are counted for, "" without any."""
    return mailbox(request.contact.email) if priced.savings else ""


def set_reported(*, seats: Iterable[TicketSeat], taxes: DayTax) -> None:
    """Set, without saving it, what the distributor is told that seats cost, by the rules of their ticket types."""
    for seat in seats:
        price = seat.ticket_type.reported_price(seat.show_seat.price) if seat.ticket_type else None
        seat.reported = price
        seat.reported_percent = None if price is None else taxes.percent(OrderLine.Kind.SEAT, price)


def update_status(*, order_ids: Collection[int]) -> None:
    """Let the status of locked orders follow that of their tickets and gift cards, which has just changed."""
    tickets = Ticket.objects.filter(order=OuterRef("pk"))
    sold = GiftCard.objects.filter(order_line__order=OuterRef("pk"), activated_at__isnull=False)
    kept = sold.filter(replaced_by=None, returned__lt=F("amount"))
    cases = [When(Exists(tickets.filter(status=of)), then=Value(status)) for of, status in STATUS_OF.items()]
    cases.insert(0, When(Exists(kept), then=Value(Order.Status.PAID)))
    cases.append(When(Exists(sold), then=Value(Order.Status.CANCELLED)))
    Order.objects.filter(pk__in=order_ids).update(status=Case(*cases, default=Value(Order.Status.EXPIRED)))


def _lines(order: Order, seats: Sequence[TicketSeat], priced: Quote, taxes: DayTax) -> list[OrderLine]:
    """The lines of a new order: its ``seats`` in the order of the quote, the booking fee, and for each coupon and rate
    of tax a discount.
    """
    lines = [_seat(order, seat, line) for seat, line in zip(seats, priced.lines, strict=True)]
    if priced.fees:
        percent = taxes.percent(Kind.FEE, priced.fee.amount)
        fee = _line(order, Kind.FEE, percent, priced.fee.amount, quantity=priced.times)
        fee.tax = sum((tax_in(ticket.fee, percent) for ticket in order.ticket_list), NOTHING)  # each is a sale
        lines.append(fee)
    return [*lines, *_discounts(order, seats, priced)]


def _discounts(order: Order, seats: Sequence[TicketSeat], priced: Quote) -> Iterator[OrderLine]:
    """The discounts, whose taxes are those by which they lessen the tax in the price of each seat."""
    rates = {seat.show_seat_id: seat.tax_percent for seat in seats}
    left = {line.seat.pk: line.price for line in priced.lines}
    for saving in priced.savings:
        shares, taxes = defaultdict[Decimal, Decimal](Decimal), defaultdict[Decimal, Decimal](Decimal)
        for key, cut in saving.applied.cuts.items():
            rate = rates[key]
            shares[rate] += cut
            taxes[rate] += tax_in(left[key], rate) - tax_in(left[key] - cut, rate)
            left[key] -= cut
        for rate in sorted(shares):
            line = _line(order, Kind.DISCOUNT, rate, -shares[rate], coupon=saving.coupon)
            line.tax = -taxes[rate]
            if len(priced.savings) > 1:
                line.cuts = [str(_cut(saving, seat) if seat.tax_percent == rate else NOTHING) for seat in seats]
            yield line


def _cut(saving: Saving, seat: TicketSeat) -> Decimal:
    return saving.applied.cuts.get(seat.show_seat_id, NOTHING)


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
