"""Checkout: an order with a pending ticket and a pending payment for held seats, written in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError

from cinema.exceptions import (
    AlreadyPaid,
    BusinessRuleViolation,
    HoldExpired,
    PhoneMissing,
    PriceChanged,
    SalePartPaid,
    SeatsChanged,
    ShowNotOnSale,
    UnknownTicketType,
)
from cinema.models import Hold, Order, Payment, Show, ShowSeat, Ticket, TicketSeat
from cinema.models.annotated import LockedHold
from cinema.selectors.booking.coupons import CouponRequest
from cinema.selectors.booking.gift_cards import cards_bought, cards_of, folded, price_of
from cinema.selectors.booking.quotes import Quote, QuoteRequest, quote
from cinema.selectors.booking.tariffs import TariffLine, at_allowed_prices, order_lines
from cinema.selectors.booking.vouchers import folded as folded_vouchers
from cinema.selectors.booking.vouchers import vouchers_of
from cinema.services.booking.booking_requests import Basket, BookingRequest, Contact
from cinema.services.booking.expiry import drop_pending_tickets
from cinema.services.booking.guards import guard
from cinema.services.booking.holds import lock_active_holds, serve_waiting_list, take_seats
from cinema.services.booking.locked import locked_held_seats, locked_show
from cinema.services.booking.order_payments import (
    check_few_payments,
    earlier_payment,
    new_payment,
    open_payment,
    payment_of_repeat,
    write_payment,
)
from cinema.services.booking.orders import coupon_email, draft_order, write_gift_cards, write_order
from cinema.services.booking.prepaid import reserve_prepaid
from cinema.services.booking.seat_requests import SeatRequest
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.services.core.search_words import rewrite_words
from cinema.services.core.transactions import atomically
from cinema.services.core.turns import turn

REFUSED = (BusinessRuleViolation, IntegrityError)  # then see whether the request is a repeated one


def book_holds(*, basket: Basket, request: BookingRequest) -> Payment:
    """Check out the holds of a basket: an order with a ticket for each, and a payment to be made, all pending.

    A second checkout of the same holds returns their open payment, or a new one if that was declined or has another
    mode. Raises HoldExpired if the first hold is over, SeatsChanged, UnknownTicketType, PriceChanged, CouponRefused,
    VoucherRefused, GiftCardRefused, PrepaidChanged, AlreadyPaid, ShowNotOnSale, PhoneMissing,
    IdempotencyKeyReused, TooManyPayments, SalePartPaid, PaymentModeNotOffered, and what
    ticket_rules.check_ticket_types() raises.
    """
    request = request.bound(buyer=basket.buyer, about=f"hold {' '.join(basket.codes)}")
    try:
        return _book_holds(basket, request)
    except REFUSED as refusal:
        return payment_of_repeat(request=request, refusal=refusal)


def book_tickets(*, seats: SeatRequest, request: BookingRequest) -> Payment:
    """Hold seats and check out in one step, as a kiosk or a partner does.

    The payment comes with all that the response needs: its order's ``line_list`` and ``ticket_list``, with show,
    hold and ``lines``.
    Raises what holds.hold_seats() and ticket_rules.check_ticket_types() raise, UnknownTicketType, CouponRefused,
    PhoneMissing, PaymentModeNotOffered and IdempotencyKeyReused.
    """
    request = request.bound(buyer=seats.buyer, about=f"show {seats.show_id} seats {sorted(seats.seat_ids)}")
    try:
        guard(show_id=seats.show_id, seat_ids=seats.seat_ids, buyer=seats.buyer)
        with turn(("show", seats.show_id)) as waited:
            if waited:  # others may have taken the seats meanwhile
                guard(show_id=seats.show_id, seat_ids=seats.seat_ids, buyer=seats.buyer)
            return _book_tickets(seats, request)
    except REFUSED as refusal:
        return payment_of_repeat(request=request, refusal=refusal)


def pay_again(*, code: str, key: str) -> Payment:
    """Return the open payment of an unpaid ticket whose hold is active, or a new one if that was declined.

    Raises HoldExpired, AlreadyPaid, IdempotencyKeyReused, TooManyPayments, PaymentModeNotOffered, and
    Ticket.DoesNotExist for an unknown ticket ``code``.
    """
    ticket = Ticket.objects.select_related("hold", "order__user").get(code=code)
    order, last = ticket.order, ticket.order.payments.by_provider().latest("pk")
    request = BookingRequest(Contact(order.name, order.email, order.phone), last.mode, key)
    request = request.bound(buyer=f"ticket {code}", about=f"ticket {code}")
    try:
        return _pay_again(ticket=ticket, request=request)
    except REFUSED as refusal:
        return payment_of_repeat(request=request, refusal=refusal)


@atomically
def _book_tickets(wanted: SeatRequest, request: BookingRequest) -> Payment:
    show = locked_show(show_id=wanted.show_id)
    _check_contact(show, request)
    serve_waiting_list(show=show)
    hold, seats = take_seats(show=show, request=wanted, hold=None)
    lines = order_lines(seats, show.screen.theatre, request.types)
    check_ticket_types(lines=lines, staff=wanted.staff)
    priced = _quote([hold], lines, request, hold.created_at)
    return _order(request, [hold], priced, hold.created_at)


@atomically
def _book_holds(basket: Basket, request: BookingRequest) -> Payment:
    holds = _lock(basket)
    now, seats = holds[0].now, locked_held_seats(holds=holds)
    if basket.seen_seats and set(basket.seen_seats) != {seat.pk for seat in seats}:
        raise SeatsChanged(seats)
    if request.types.keys() - {seat.pk for seat in seats}:
        raise UnknownTicketType
    _check_contact(holds[0].show, request)
    staff = request.channel == Order.Channel.COUNTER
    lines = [line for hold in holds for line in _lines_of(hold, seats, request.types, staff)]
    lines = at_allowed_prices(lines, request.prices)
    priced = _quote(holds, lines, request, now)
    if basket.seen is not None and basket.seen != priced.total:
        raise PriceChanged(basket.seen, priced.total)
    order = _pending_order(holds, priced, request) if any(hold.is_checked_out for hold in holds) else None
    if order is None:
        return _order(request, holds, priced, now)
    if known := earlier_payment(request=request):
        return known
    write_contact(order=order, request=request, now=now)
    return open_payment(order=order, holds=holds, request=request, now=now)


def _check_contact(show: Show, request: BookingRequest) -> None:
    """Raise PhoneMissing if the theatre of the show asks for a phone number and there is none."""
    required = show.screen.theatre.phone_required and request.channel != Order.Channel.COUNTER
    if required and not request.contact.phone:
        raise PhoneMissing


def _lock(basket: Basket) -> list[LockedHold]:
    """Lock the shows of the basket's active holds. Raises AlreadyPaid, HoldExpired, ShowNotOnSale."""
    try:
        holds = lock_active_holds(codes=basket.codes, buyer=basket.buyer)
    except HoldExpired:
        paid = Ticket.objects.filter(hold__code=basket.codes[0], hold__buyer=basket.buyer)
        if ticket := paid.filter(status=Ticket.Status.CONFIRMED).first():
            raise AlreadyPaid(ticket) from None
        raise
    for hold in holds:
        if hold.show.status == Show.Status.CANCELLED:
            raise ShowNotOnSale(hold.show)
    return [hold for hold in holds if hold.show.screen.theatre_id == holds[0].show.screen.theatre_id]


def _lines_of(hold: Hold, seats: Sequence[ShowSeat], types: Mapping[int, int], staff: bool) -> list[TariffLine]:
    """The prices of the seats in one of the holds, whose ticket types must go together."""
    own = [seat for seat in seats if seat.hold_id == hold.pk]
    chosen = {seat.pk: types[seat.pk] for seat in own if seat.pk in types}
    lines = order_lines(own, hold.show.screen.theatre, chosen)
    check_ticket_types(lines=lines, staff=staff)
    return lines


@atomically
def _pay_again(*, ticket: Ticket, request: BookingRequest) -> Payment:
    if ticket.status == Ticket.Status.CONFIRMED:
        raise AlreadyPaid(ticket)
    order, hold = ticket.order, ticket.hold
    codes = [hold.code, *order.tickets.exclude(hold=hold).values_list("hold__code", flat=True)]
    holds = lock_active_holds(codes=codes, buyer=hold.buyer)
    waiting = order.tickets.filter(status=Ticket.Status.PENDING)
    if not len(codes) == len(holds) == waiting.count():
        raise HoldExpired
    return earlier_payment(request=request) or open_payment(order=order, holds=holds, request=request, now=holds[0].now)


def _quote(holds: Sequence[Hold], lines: Sequence[TariffLine], request: BookingRequest, now: datetime) -> Quote:
    """The price of the order. Raises CouponRefused if the typed code gives no discount."""
    buyer = CouponRequest(request.coupon, request.contact.email, request.user.pk if request.user else None, holds)
    asked = QuoteRequest(now, request.channel, buyer, price_of(request.bought))
    priced = quote(lines, [hold.show for hold in holds], asked)
    if priced.refusal:
        raise priced.refusal
    return priced


def _pending_order(holds: Sequence[Hold], priced: Quote, request: BookingRequest) -> Order | None:
    """The order of an earlier checkout of the holds. If its seats, types, prices or coupons are others, it expires.

    Raises SalePartPaid if a till has taken money for that one, or a provider is asked for it: it would be forgotten.
    """
    tickets = list(Ticket.objects.select_related("order").filter(hold__in=holds, status=Ticket.Status.PENDING))
    if not _is_same(tickets, holds, priced, request):
        if request.till and Payment.objects.begun_at_till().filter(order__tickets__in=tickets).exists():
            raise SalePartPaid
        check_few_payments(holds=holds)
        drop_pending_tickets(hold_ids={hold.pk for hold in holds})
        return None
    return tickets[0].order


def _is_same(tickets: Sequence[Ticket], holds: Sequence[Hold], priced: Quote, request: BookingRequest) -> bool:
    """Whether the tickets are one whole order of the same seats at the same prices, with the same coupons."""
    order = tickets[0].order
    seats = {(line.seat.pk, line.ticket_type and line.ticket_type.pk, line.costs) for line in priced.lines}
    sold = TicketSeat.objects.filter(ticket__order=order).values_list("show_seat", "ticket_type", "price")
    if len(tickets) != len(holds) or {ticket.order_id for ticket in tickets} != {order.pk}:
        return False
    if request.bought and cards_bought(order) != list(request.bought):
        return False
    if vouchers_of(order) != folded_vouchers(request.vouchers) or cards_of(order) != folded(request.gift_cards):
        return False
    if order.total != priced.total or sum(ticket.fee for ticket in tickets) != priced.fees or set(sold) != seats:
        return False
    coupons = {saving.coupon.pk for saving in priced.savings}
    used = order.lines.filter(coupon__isnull=False).values_list("coupon", flat=True) if coupons else ()
    return coupons == set(used) and order.coupon_email == coupon_email(priced=priced, request=request)


def _order(request: BookingRequest, holds: Sequence[Hold], priced: Quote, now: datetime) -> Payment:
    """Write a new order of the holds, and the payment of what vouchers and gift cards leave to pay."""
    order = draft_order(holds=holds, priced=priced, request=request, now=now)
    if request.vouchers or request.gift_cards:
        write_order(order=order)
        rest = reserve_prepaid(order=order, priced=priced, request=request, now=now)
        payment = write_payment(order=order, request=request, now=now, rest=rest)
    else:
        payment = new_payment(order=order, request=request, now=now, rest=order.total)
        write_order(order=order, payment=payment)
    if request.bought:
        write_gift_cards(order=order, bought=request.bought)
    return payment


def write_contact(*, order: Order, request: BookingRequest, now: datetime) -> None:
    """Update the buyer of an order that was checked out before."""
    renamed = (order.name, order.email) != (request.contact.name, request.contact.email)
    order.name, order.email, order.phone = request.contact
    order.user = request.user or order.user
    order.language = request.language
    if request.terms:
        order.terms_version, order.terms_accepted_at = request.terms, now
    order.save(update_fields=["name", "email", "phone", "user", "language", "terms_version", "terms_accepted_at"])
    if renamed:
        rewrite_words(order=order)
