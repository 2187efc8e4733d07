"""What an order costs: its seats, less discounts, and the booking fee."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from cinema.domain.discounts import Applied, DiscountItem, best_discounts
from cinema.domain.fees import BookingFee
from cinema.exceptions import CouponRefused
from cinema.models import Coupon, Order, Show, ShowSeat, TicketType
from cinema.selectors.booking.coupons import CouponRequest, candidates, problem, refusal_of
from cinema.selectors.booking.tariffs import TariffLine

NOTHING = Decimal(0)


class QuotedLine(NamedTuple):
    """A seat of an order with its ticket type: its ``price``, and what it ``costs`` after discounts."""

    seat: ShowSeat
    ticket_type: TicketType | None
    price: Decimal
    costs: Decimal


class Saving(NamedTuple):
    """What a coupon takes off, by the keys of the seats."""

    coupon: Coupon
    applied: Applied

    @property
    def amount(self) -> Decimal:
        return self.applied.amount

    @property
    def change(self) -> Decimal:
        """What it changes the price by."""
        return -self.amount


class Quote(NamedTuple):
    """The lines of an order and its total. The ``fee`` is charged ``times`` times.

    ``refusal`` is why the typed code gives no discount; ``outdone``: it would, but others save more. ``gift_cards`` is
    the price of those that are bought with it.
    """

    lines: Sequence[QuotedLine]
    fee: BookingFee
    savings: Sequence[Saving] = ()
    refusal: CouponRefused | None = None
    outdone: bool = False
    gift_cards: Decimal = NOTHING

    @property
    def seats(self) -> Decimal:
        """The price of the seats before discounts."""
        return sum((line.price for line in self.lines), NOTHING)

    @property
    def saved(self) -> Decimal:
        return sum((saving.amount for saving in self.savings), NOTHING)

    @property
    def times(self) -> int:
        """How often the fee is charged. Seats that cost nothing bear none, nor do ticket types that waive it."""
        return self.fee.times(sum(bool(line.costs) and not _waived(line) for line in self.lines))

    @property
    def fees(self) -> Decimal:
        return self.fee.amount * self.times

    def fees_at(self, show: Show) -> Decimal:
        """The part of the fees that the seats at one of the shows bear; a fee per order is borne by the first."""
        bearing = [line.seat.show_id for line in self.lines if line.costs and not _waived(line)]
        if self.fee.per_order:
            return self.fee.amount if bearing[:1] == [show.pk] else NOTHING
        return self.fee.amount * bearing.count(show.pk)

    @property
    def total(self) -> Decimal:
        return self.seats - self.saved + self.fees + self.gift_cards


class QuoteRequest(NamedTuple):
    """What decides the price of an order beside its seats. ``now`` is the database's clock, ``gift_cards`` the price of
    those that are bought with it."""

    now: datetime
    channel: str = Order.Channel.WEB
    coupons: CouponRequest = CouponRequest()
    gift_cards: Decimal = NOTHING


def quote(lines: Sequence[TariffLine], shows: Sequence[Show], request: QuoteRequest) -> Quote:
    """What an order of these seats at shows of one theatre, loaded with it, costs.

    One statement if a code was typed or the theatre has automatic coupons, else none. A refused code is left out.
    """
    fee = shows[0].screen.theatre.fee(request.channel)
    found = candidates(shows, request.coupons)
    items = [_item(line) for line in lines]
    takes = {one: [show for show in shows if not problem(one, show, request.now)] for one in found}
    refusal = refusal_of(found, shows, request.now, request.coupons.code, items)
    coupons = {candidate.coupon.pk: candidate.coupon for candidate in found}
    discounts = [candidate.discount(at) for candidate, at in takes.items() if at]
    savings = [Saving(coupons[applied.key], applied) for applied in best_discounts(items, discounts)]
    typed = bool(request.coupons.code.strip()) and refusal is None
    return Quote(
        lines=[QuotedLine(*line, costs=line.price - _cut(savings, line.seat)) for line in lines],
        fee=fee,
        savings=sorted(savings, key=lambda saving: saving.coupon.pk),
        refusal=refusal,
        outdone=typed and not any(saving.coupon.code for saving in savings),
        gift_cards=request.gift_cards,
    )


def _item(line: TariffLine) -> DiscountItem:
    return DiscountItem(line.seat.pk, line.price, line.ticket_type.pk if line.ticket_type else None, line.seat.show_id)


def _cut(savings: Sequence[Saving], seat: ShowSeat) -> Decimal:
    return sum((saving.applied.cuts.get(seat.pk, NOTHING) for saving in savings), NOTHING)


def _waived(line: QuotedLine) -> bool:
    return bool(line.ticket_type and line.ticket_type.fee_waived)
