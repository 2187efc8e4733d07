"""Reads of the counter: what is on today, and the sale in hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from cinema.domain.cash import handy_amounts, rounded
from cinema.domain.fees import BookingFee
from cinema.domain.money import exact
from cinema.exceptions import BusinessRuleViolation, GiftCardForGiftCard
from cinema.models import (
    AllowedPrice,
    GiftCard,
    Hold,
    Order,
    OrderLine,
    Payment,
    PrintJob,
    Refund,
    Show,
    ShowSeat,
    TariffPrice,
    Theatre,
    TicketType,
)
from cinema.models.annotated import HoldNow
from cinema.models.codes import new_code
from cinema.models.orders import currency
from cinema.models.payments import TILL_MODES
from cinema.selectors.booking.coupons import CouponRequest
from cinema.selectors.booking.gift_cards import (
    CardsAtCheckout,
    GiftCardRequest,
    cards_at_checkout,
    cards_bought,
    cards_of,
    folded,
    price_of,
)
from cinema.selectors.booking.quotes import Quote, QuotedLine, QuoteRequest, quote
from cinema.selectors.booking.tariffs import TariffLine, at_allowed_prices, order_lines
from cinema.selectors.booking.tickets import chosen_types, tickets
from cinema.selectors.booking.vouchers import ChosenVouchers, vouchers_at_checkout, vouchers_of
from cinema.selectors.core.features import with_features
from cinema.selectors.money.ledger import received_in_part

NOTHING = Decimal(0)
COUNTER = "counter "  # the first part of the buyer's key of a sale at the counter
JUST_NOW = timedelta(minutes=1)  # for which the customer display thanks the buyer


class TypePrice(NamedTuple):
    """A ticket type at a show, with its lowest price."""

    ticket_type: TicketType
    lowest: Decimal


@dataclass
class Tile:
    """A show of the day that is on sale, with its ticket types, the plainest first; none without a price card."""

    show: Show
    types: list[TypePrice] = field(default_factory=list)

    @property
    def lowest(self) -> Decimal | None:
        """What the plain ticket costs at least."""
        return self.types[0].lowest if self.types else None


class SaleInput(NamedTuple):
    """What was chosen for a sale beside its seats: ticket types by seat; the codes of a coupon, and of the vouchers and
    gift cards that pay; and the gift cards that are ``bought``."""

    types: Mapping[int, int] = {}
    coupon: str = ""
    vouchers: Sequence[str] = ()
    gift_cards: Sequence[str] = ()
    bought: Sequence[GiftCardRequest] = ()

    @property
    def has_codes(self) -> bool:
        return bool(self.coupon or self.vouchers or self.gift_cards)

    @property
    def stored(self) -> dict[str, Any]:
        """The values for JSON; of() reads them."""
        bought = [[str(card.amount), card.email] for card in self.bought]
        return self._asdict() | {"types": dict(self.types), "bought": bought}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "SaleInput":
        """Read stored values, some of which an earlier version may have left out."""
        types = {int(seat): kind for seat, kind in stored.get("types", {}).items()}
        bought = tuple(GiftCardRequest(Decimal(amount), email) for amount, email in stored.get("bought", ()))
        codes = stored.get("coupon", ""), stored.get("vouchers", ()), stored.get("gift_cards", ())
        return cls(types, *codes, bought)


class SaleLine(NamedTuple):
    """Seats of one show with one ticket type."""

    show: Show
    ticket_type: TicketType | None
    seats: list[ShowSeat]
    amount: Decimal


@dataclass
class CurrentSale:
    """The sale in hand: its holds with their seats, the gift cards that are ``bought``, what all of it costs, and what
    was paid already.

    ``order`` is None until part of it is paid, or a provider is asked for it, for whose answer the payment is
    ``waiting``.
    """

    holds: list[HoldNow]
    quote: Quote
    vouchers: ChosenVouchers
    cards: CardsAtCheckout
    currency: str
    order: Order | None = None
    paid: Decimal = NOTHING
    waiting: Payment | None = None
    bought: Sequence[GiftCardRequest] = ()

    @property
    def refusal(self) -> BusinessRuleViolation | None:
        """Why one of the codes that were typed cannot be used."""
        return self.quote.refusal or self.vouchers.refusal or self.cards.refusal

    @property
    def ends_at(self) -> datetime | None:
        """When the first of its holds ends; None without any."""
        return min((hold.expires_at for hold in self.holds), default=None)

    @property
    def left(self) -> int:
        """The seconds until then."""
        return max(0, int((self.ends_at - self.holds[0].now).total_seconds())) if self.ends_at else 0

    @property
    def rest(self) -> Decimal:
        """What vouchers and gift cards leave to pay of it. They cannot pay for gift cards."""
        return self.cards.rest + self.quote.gift_cards

    @property
    def due(self) -> Decimal:
        """What is left to pay."""
        return self.rest - self.paid

    @property
    def due_in_cash(self) -> Decimal:
        """What is left to pay if it is paid in cash, which may be rounded."""
        return rounded(self.due, self.currency)

    @property
    def handy(self) -> list[Decimal]:
        """What the buyer may hand over."""
        return handy_amounts(self.due_in_cash, self.currency) if self.due else []

    @property
    def lines(self) -> list[SaleLine]:
        """The seats by show and ticket type."""
        shows = {hold.show_id: hold.show for hold in self.holds}

        def key(line: QuotedLine) -> tuple[int, int]:
            return line.seat.show_id, line.ticket_type.rank if line.ticket_type else 0

        return [
            SaleLine(
                shows[seats[0].seat.show_id],
                seats[0].ticket_type,
                [line.seat for line in seats],
                sum((line.price for line in seats), NOTHING),
            )
            for _, group in groupby(sorted(self.quote.lines, key=key), key)
            for seats in [list(group)]
        ]


def tiles(theatre: Theatre, now: datetime) -> list[Tile]:
    """The shows of today that are still on sale, the next first. Two statements, and one more for double bills.

    Prices include the counter's booking fee per ticket.
    """
    shows = Show.objects.filter(Show.of_today(theatre, now), status=Show.Status.SCHEDULED)
    shows = shows.filter(sales_end_at__gt=now).select_related("movie", "screen").order_by("starts_at", "pk")
    found = {show.pk: Tile(show) for show in with_features(shows)}
    of_tariff: dict[int, dict[TicketType, Decimal]] = {}
    tariffs = {tile.show.tariff_id for tile in found.values() if tile.show.tariff_id}
    fee = theatre.fee(Order.Channel.COUNTER)
    prices = TariffPrice.objects.filter(tariff__in=tariffs).select_related("ticket_type")
    for price in prices.order_by("ticket_type__rank", "amount") if tariffs else ():
        amount = fee.added_to(price.amount, waived=price.ticket_type.fee_waived)
        of_tariff.setdefault(price.tariff_id, {}).setdefault(price.ticket_type, amount)
    for tile in found.values():
        tile.types = [TypePrice(*each) for each in of_tariff.get(tile.show.tariff_id or 0, {}).items()]
    return list(found.values())


def sale_in_hand(theatre: Theatre, buyer: str, chosen: SaleInput) -> CurrentSale | None:
    """The sale of a buyer; None if no seats are held for it (any more) and it has no gift cards.

    Raises UnknownTicketType.
    """
    rows: QuerySet[Hold] = Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now())
    rows = rows.filter(show__screen__theatre=theatre)
    holds = list(rows.annotate(now=Now()).select_related("show__movie", "show__screen__theatre").order_by("pk"))
    if not holds:
        return _sale_of_gift_cards(theatre, buyer, chosen)
    lines = _lines_in_hand(holds, theatre, chosen)
    coupons = CouponRequest(chosen.coupon, holds=holds)
    asked = QuoteRequest(holds[0].now, Order.Channel.COUNTER, coupons, price_of(chosen.bought))
    quoted = quote(lines, [hold.show for hold in holds], asked)
    vouchers = vouchers_at_checkout(chosen.vouchers, quoted, holds)
    due = quoted.total - quoted.gift_cards - vouchers.amount
    cards = cards_at_checkout(chosen.gift_cards, due, holds)
    sale = CurrentSale(holds, quoted, vouchers, cards, currency(), part_paid_order(holds, buyer), bought=chosen.bought)
    return _with_payments(sale)


def _sale_of_gift_cards(theatre: Theatre, buyer: str, chosen: SaleInput) -> CurrentSale | None:
    """A sale of gift cards alone; None if there are none, or they are sold already, or begun at another theatre."""
    with_tickets = Q(tickets__hold__buyer=buyer) & Q(lines__kind=OrderLine.Kind.GIFT_CARD)
    over = ~Q(status__in=Order.UNSOLD) | ~Q(theatre=theatre)
    if not chosen.bought or Order.objects.filter(Q(code=order_code(buyer)) | with_tickets, over).exists():
        return None
    quoted = Quote((), BookingFee(), gift_cards=price_of(chosen.bought))
    typed = folded(chosen.gift_cards)
    cards = CardsAtCheckout((), NOTHING, GiftCardForGiftCard(typed[0]) if typed else None)
    order = part_paid_order((), buyer)
    return _with_payments(CurrentSale([], quoted, ChosenVouchers(), cards, currency(), order, bought=chosen.bought))


def _with_payments(sale: CurrentSale) -> CurrentSale:
    if sale.order:
        sale.paid, sale.waiting = received_in_part(sale.order), waiting_payment(sale.order)
    return sale


def new_buyer() -> str:
    """A key for the buyer of a new sale: its seats are held under it."""
    return f"{COUNTER}{new_code()}"


def order_code(buyer: str) -> str:
    """The code of the order, if the sale has gift cards alone: one code, so a sale is written once."""
    return buyer.removeprefix(COUNTER)


def _lines_in_hand(holds: Sequence[Hold], theatre: Theatre, chosen: SaleInput) -> list[TariffLine]:
    """The seats of a sale, at the prices that staff may charge. Two statements."""
    own = AllowedPrice.objects.filter(hold=OuterRef("hold"), show_seat=OuterRef("pk"))
    rows = ShowSeat.objects.filter(hold__in=holds).annotate(allowed=Subquery(own.values("price")))
    seats = list(rows.select_related("seat").order_by("pk"))
    types = {seat.pk: chosen.types[seat.pk] for seat in seats if seat.pk in chosen.types}
    prices = {seat.pk: exact(seat.allowed) for seat in seats if seat.allowed is not None}
    return at_allowed_prices(order_lines(seats, theatre, types), prices)


def allowed_prices(holds: Sequence[Hold]) -> list[AllowedPrice]:
    """The prices that staff may charge for the seats in these holds. One statement."""
    rows = AllowedPrice.objects.filter(hold__in=holds, show_seat__hold=F("hold"))
    return list(rows.order_by("pk"))


def types_of(tiles: Sequence[Tile]) -> list[TypePrice]:
    """The ticket types of all tiles, the plainest first, each with its lowest price."""
    found: dict[TicketType, Decimal] = {}
    for each in (each for tile in tiles for each in tile.types):
        found[each.ticket_type] = min(each.lowest, found.get(each.ticket_type, each.lowest))
    return [TypePrice(kind, found[kind]) for kind in sorted(found, key=lambda kind: kind.rank)]


def part_paid_order(holds: Sequence[Hold], buyer: str) -> Order | None:
    """The order of a buyer's holds, or without holds that of gift cards alone, of which a part was paid at a till
    already, or waits for a provider."""
    of_sale = Q(tickets__hold__in=holds) if holds else Q(code=order_code(buyer), tickets=None)
    return open_orders().filter(of_sale).first()


def open_orders() -> QuerySet[Order]:
    """Orders of which part was paid at a till, or waits for a provider that was asked there, and which are not sold,
    with payments and refunds."""
    unsold = Order.objects.filter(status__in=[Order.Status.OPEN, Order.Status.EXPIRED], channel=Order.Channel.COUNTER)
    begun = Payment.objects.begun_at_till().filter(order=OuterRef("pk"))
    return unsold.filter(Exists(begun)).prefetch_related("payments__refunds").order_by("pk")


def sales_to_finish(theatre: Theatre) -> list[Order]:
    """The sales of a theatre that were broken off after a part of them was paid, or while a provider was asked for it,
    with ``received`` and the payment that is ``waiting``."""
    orders = list(open_orders().filter(theatre=theatre).prefetch_related("tickets__hold", "tickets__show__movie"))
    for order in orders:
        vars(order)["received"], vars(order)["waiting"] = received_in_part(order), waiting_payment(order)
    return [order for order in orders if is_unfinished(order)]


def waiting_payment(order: Order) -> Payment | None:
    """The payment of an order, which comes with them, that a provider is asked for at a till."""
    waiting = (one for one in order.payments.all() if one.is_started_at_till and one.status == Payment.Status.PENDING)
    return next(waiting, None)


def payment_at_till(theatre: Theatre, code: str) -> Payment | None:
    """The payment with this code that was taken or started at a till of the theatre, with its order."""
    payments = Payment.objects.filter(order__theatre=theatre, till_session__isnull=False, code=code)
    return payments.select_related("order").first()


def is_unfinished(order: Order) -> bool:
    """Whether something was received for an order that is not sold, and not all of it refunded, or is waited for."""
    return bool(received_in_part(order) or waiting_payment(order))


def interrupted_sale(theatre: Theatre, reference: str) -> tuple[str, SaleInput] | None:
    """For whom the seats of a sale that was broken off are held, and what was chosen; None if there is no such sale."""
    order = open_orders().filter(theatre=theatre, reference=reference).first()
    if not order:
        return None
    hold = Hold.objects.filter(tickets__order=order).order_by("-pk").first()
    buyer = hold.buyer if hold else f"{COUNTER}{order.code}"
    codes = order.lines.filter(coupon__code__isnull=False).values_list("coupon__code", flat=True)
    coupon = next(iter(codes), "") or ""
    codes_used = coupon, vouchers_of(order), cards_of(order)
    return buyer, SaleInput(chosen_types(order), *codes_used, tuple(cards_bought(order)))


def refund_to_pay_out(theatre: Theatre, code: str) -> Refund | None:
    """A refund of what was paid at a till of the theatre, with its payment and order; None if there is no such one."""
    refunds = Refund.objects.filter(payment__order__theatre=theatre, payment__mode__in=TILL_MODES, code=code)
    return refunds.select_related("payment__order", "ticket").first()


def order_to_print(theatre: Theatre, reference: str) -> Order | None:
    """An order of the counter with its ``ticket_list``, by show, and its ``card_list``, gift cards that were paid for.

    ``queued`` says whether it was sent to a receipt printer of late. Four statements, with gift cards five.
    """
    orders = Order.objects.filter(theatre=theatre, channel=Order.Channel.COUNTER, reference=reference)
    queued, cards = Exists(PrintJob.objects.filter(order=OuterRef("pk"))), GiftCard.objects.filter(replaced_by=None)
    bought = Exists(cards.filter(order_line__order=OuterRef("pk"), activated_at__isnull=False))
    order = orders.annotate(queued=queued, bought=bought).first()
    if order:
        order.ticket_list = list(tickets().filter(order=order).order_by("show__starts_at", "pk"))
        order.card_list = list(cards.filter(order_line__order=order).order_by("pk")) if vars(order)["bought"] else []
    return order


def just_sold(theatre: Theatre, code: str) -> Payment | None:
    """The last payment of a sale, by its code, if it was taken not long ago."""
    recent = Payment.objects.filter(code=code, order__theatre=theatre, created_at__gt=Now() - JUST_NOW)
    return recent.first() if code else None


def counter_order(theatre: Theatre, reference: str) -> Order | None:
    """An order that was sold at the counter of the theatre, with its payments."""
    orders = Order.objects.filter(theatre=theatre, channel=Order.Channel.COUNTER, reference=reference)
    return orders.prefetch_related("payments").first()
