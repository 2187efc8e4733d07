"""Prices of exchanges of tickets: services.orders.exchanges and services.money.upgrades use them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from cinema.domain.money import share
from cinema.models import Show, ShowSeat, Ticket, TicketSeat
from cinema.models.annotated import TicketWithPrice
from cinema.selectors.booking.places import prices_of
from cinema.selectors.booking.tariffs import ticket_choices
from cinema.selectors.booking.used_coupons import Listed, UsedCoupons
from cinema.selectors.core.balances import by_vouchers, kept_for_seats

NOTHING = Decimal(0)
Pairs = Sequence[tuple[TicketSeat, ShowSeat]]


class ExchangePrices(NamedTuple):
    """The new seat of each line of a ticket, and what they cost, by the keys of the lines.

    ``cheaper`` is how much less they cost than what is kept for the old ones; it is negative if they cost more.
    ``listed`` is what they cost before discounts. ``parts_deal`` says that other seats of the order would lose a
    discount by the exchange.
    """

    pairs: Pairs
    costs: dict[int, Decimal]
    cheaper: Decimal
    listed: dict[int, Decimal]
    parts_deal: bool = False

    @property
    def dearer(self) -> Decimal:
        """How much more they cost than the old ones, whatever was refunded for these."""
        return max(sum((self.costs[line.pk] - line.current_price for line, _seat in self.pairs), NOTHING), NOTHING)

    def refund(self, percent: int) -> Decimal:
        """``percent`` of how much less they cost, rounded; 0 if they cost more."""
        return share(max(self.cheaper, NOTHING), percent) if percent else NOTHING


def exchange_prices(
    ticket: TicketWithPrice, lines: Sequence[TicketSeat], show: Show, seats: Sequence[ShowSeat]
) -> ExchangePrices:
    """Price ``seats`` of a show, as many as the ``lines`` of a ticket that they replace.

    They cost what the show's seats cost now for the lines' ticket types, or the plain price where a type is not sold;
    a seat that a voucher pays for costs what that has paid. What was refunded before is not refunded again.
    Lines and seats are loaded with their Seat; they are paired by kind and price.
    """
    pairs = list(zip(sorted(lines, key=_line_order), sorted(seats, key=_seat_order), strict=True))
    vouchers = by_vouchers(ticket)
    costs = _costs(pairs, show) | {line.pk: line.current_price for line in lines if line.pk in vouchers}
    staying = ticket.current_price - sum((line.current_price for line in lines), NOTHING)
    kept = min(ticket.current_price, kept_for_seats(ticket)) - staying
    return ExchangePrices(pairs, costs, kept - sum(costs.values(), NOTHING), costs)


def buyer_prices(ticket: TicketWithPrice, prices: ExchangePrices, show: Show) -> ExchangePrices:
    """The same for a buyer, who keeps a discount: a seat that costs no more than the old one did before discounts costs
    what that did after them, as far as the coupons of the order take as much off the new seats. At most four
    statements, mostly none without coupons."""
    used = UsedCoupons(ticket.order)
    if not used:
        return prices
    coming = [Listed(line, prices.listed[line.pk], show) for line, _seat in prices.pairs]
    cuts = used.taken_off(coming)
    costs = dict(prices.costs)
    for line, price, _show in coming:
        if line.current_price < price <= used.list_prices[line.pk]:
            costs[line.pk] = price - min(price - line.current_price, cuts.get(line.pk, NOTHING))
    cheaper = prices.cheaper + sum(prices.costs.values()) - sum(costs.values())
    lost = used.lost([line for line, _seat in prices.pairs], coming)
    return prices._replace(costs=costs, cheaper=cheaper, parts_deal=bool(lost))


def _line_order(line: TicketSeat) -> tuple[str, Decimal, Decimal]:
    """A sort key of old seats: of equal ones those with a discount come first, which the cheapest seats have."""
    return *_seat_order(line.show_seat), line.current_price


def _seat_order(seat: ShowSeat) -> tuple[str, Decimal]:
    """A sort key that pairs old and new seats: by kind, then by price."""
    return seat.seat.kind, seat.price


def _costs(pairs: Pairs, show: Show) -> dict[int, Decimal]:
    seats = [seat for _line, seat in pairs]
    choices = ticket_choices(seats)
    amounts = {
        seat.pk: choice.amount
        for line, seat in pairs
        for choice in choices.get(seat.pk, ())
        if choice.ticket_type.pk == line.ticket_type_id
    }
    costs = prices_of(seats, show.screen.theatre, amounts)
    return {line.pk: costs[seat.pk] for line, seat in pairs}


def may_exchange(ticket: Ticket) -> bool:
    """Whether the theatre lets buyers exchange a ticket, loaded with its show, that they could still cancel."""
    return ticket.show.screen.theatre.buyer_exchanges and not ticket.kept_vouchers
