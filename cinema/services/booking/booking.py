"""Checkout: an order with a pending ticket and a pending payment for held seats, written in one transaction."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import get_language

from cinema.domain.discounts import fold_code
from cinema.domain.texts import mailbox
from cinema.exceptions import (
    AlreadyPaid,
    BusinessRuleViolation,
    HoldExpired,
    IdempotencyKeyReused,
    PaymentModeNotOffered,
    PriceChanged,
    SeatsChanged,
    ShowNotOnSale,
    TooManyPayments,
)
from cinema.models import Hold, Order, OrderLine, Payment, PaymentKey, Show, Ticket, TicketSeat, User
from cinema.selectors.booking.coupons import CouponRequest
from cinema.selectors.booking.quotes import Quote, QuoteRequest, quote
from cinema.selectors.booking.tariffs import TariffLine, order_lines
from cinema.selectors.booking.tax import taxes_at
from cinema.selectors.booking.tickets import with_lines, with_tickets
from cinema.services.booking.coupons import take_uses
from cinema.services.booking.expiry import drop_pending_tickets
from cinema.services.booking.guards import guard
from cinema.services.booking.holds import lock_active_hold, serve_waiting_list, take_seats
from cinema.services.booking.orders import set_reported, write_lines
from cinema.services.booking.seat_requests import SeatRequest
from cinema.services.booking.ticket_rules import check_ticket_types
from cinema.services.core.locking import lock_seats, lock_show
from cinema.services.core.search_words import rewrite_words, write_words
from cinema.services.core.transactions import atomically

MOST_PAYMENTS = 20  # of one hold: each is a charge at the provider
REFUSED = (BusinessRuleViolation, IntegrityError)  # then see whether the request is a repeated one


class Contact(NamedTuple):
    """Who the order is for."""

    name: str
    email: str
    phone: str = ""


class BookingRequest(NamedTuple):
    """What a booking consists of beside its seats.

    ``mode`` is how the buyer pays, "" if there is nothing to pay. ``key`` is the idempotency key: repeating the request
    returns the same payment. Keys are scoped to their ``owner``, or else to the buyer. ``types`` are ticket types as in
    tariffs.order_lines(), ``coupon`` is a code as typed, ``terms`` is the version of the terms the buyer accepted.
    ``fingerprint`` is a digest of the request's parameters: see bound().
    """

    contact: Contact
    mode: str
    key: str
    owner: str = ""
    types: Mapping[int, int] = MappingProxyType({})
    coupon: str = ""
    user: User | None = None
    terms: int | None = None
    channel: Order.Channel = Order.Channel.WEB
    fingerprint: str = ""

    def bound(self, *, buyer: str, about: str) -> "BookingRequest":
        """The request with its key scoped to its owner and bound to its parameters."""
        kinds = [f"kinds {sorted(self.types.items())}"] if self.types else []
        coupon = [f"coupon {fold_code(self.coupon)}"] if self.coupon else []
        fingerprint = _digest(about, self.mode, *self.contact, *kinds, *coupon)
        return self._replace(key=_digest(self.owner or buyer, self.key), fingerprint=fingerprint)


def book_hold(
    *,
    code: str,
    buyer: str,
    request: BookingRequest,
    seen: Decimal | None = None,
    seen_seats: Collection[int] = (),
) -> Payment:
    """Check out the buyer's hold: an order of a ticket for its seats, and a payment to be made, all pending.

    ``seen`` is the total that the buyer was shown and ``seen_seats`` are the seats; without them nothing is compared.
    A second checkout of the same hold returns its open payment, or a new one if that was declined or has another mode.
    Raises HoldExpired, SeatsChanged, UnknownTicketType, PriceChanged, CouponRefused, AlreadyPaid, ShowNotOnSale,
    IdempotencyKeyReused, TooManyPayments, PaymentModeNotOffered, and what ticket_rules.check_ticket_types() raises.
    """
    request = request.bound(buyer=buyer, about=f"hold {code}")
    try:
        return _book_hold(code=code, buyer=buyer, request=request, seen=seen, seen_seats=seen_seats)
    except REFUSED as refusal:
        return _repeated(request, refusal)


def book_tickets(*, seats: SeatRequest, request: BookingRequest) -> Payment:
    """Hold seats and check out in one step, as a kiosk or a partner does.

    The payment comes with all that the response needs: its order's ``line_list`` and ``ticket_list``, with show,
    hold and ``lines``.
    Raises what holds.hold_seats() and ticket_rules.check_ticket_types() raise, UnknownTicketType, CouponRefused,
    PaymentModeNotOffered and IdempotencyKeyReused.
    """
    request = request.bound(buyer=seats.buyer, about=f"show {seats.show_id} seats {sorted(seats.seat_ids)}")
    try:
        guard(show_id=seats.show_id, seat_ids=seats.seat_ids, buyer=seats.buyer)
        return _book_tickets(seats._replace(related=["seat__category"]), request)
    except REFUSED as refusal:
        return _repeated(request, refusal)


def pay_again(*, code: str, key: str) -> Payment:
    """Return the open payment of an unpaid ticket whose hold is active, or a new one if that was declined.

    Raises HoldExpired, AlreadyPaid, IdempotencyKeyReused, TooManyPayments, PaymentModeNotOffered, and
    Ticket.DoesNotExist for an unknown ticket ``code``.
    """
    ticket = Ticket.objects.select_related("hold", "order__user").get(code=code)
    order, last = ticket.order, ticket.order.payments.latest("pk")
    request = BookingRequest(Contact(order.name, order.email, order.phone), last.mode, key, user=order.user)
    request = request.bound(buyer=f"ticket {code}", about=f"ticket {code}")
    try:
        return _pay_again(ticket=ticket, request=request)
    except REFUSED as refusal:
        return _repeated(request, refusal)


@atomically
def _book_tickets(wanted: SeatRequest, request: BookingRequest) -> Payment:
    show = lock_show("movie", "screen__theatre", pk=wanted.show_id)
    serve_waiting_list(show=show)
    hold, seats = take_seats(show=show, request=wanted, hold=None)
    lines = order_lines(seats, show.screen.theatre, request.types)
    check_ticket_types(lines=lines, staff=wanted.staff)
    hold.show = show
    priced = _quote(hold, lines, request, hold.created_at)
    return _write_payment(_write_order(hold, priced, request, hold.created_at), request, hold.created_at)


@atomically
def _book_hold(
    *, code: str, buyer: str, request: BookingRequest, seen: Decimal | None, seen_seats: Collection[int]
) -> Payment:
    try:
        hold, now = lock_active_hold(code=code, buyer=buyer)
    except HoldExpired:
        paid = Ticket.objects.filter(hold__code=code, hold__buyer=buyer, status=Ticket.Status.CONFIRMED).first()
        if paid:
            raise AlreadyPaid(paid) from None
        raise
    if hold.show.status == Show.Status.CANCELLED:
        raise ShowNotOnSale(hold.show)
    seats = lock_seats(hold.show, Q(hold=hold), "seat")
    if seen_seats and set(seen_seats) != {seat.pk for seat in seats}:
        raise SeatsChanged(seats)
    lines = order_lines(seats, hold.show.screen.theatre, request.types)
    check_ticket_types(lines=lines)
    priced = _quote(hold, lines, request, now)
    if seen is not None and seen != priced.total:
        raise PriceChanged(seen, priced.total)
    ticket = _pending_ticket(hold, priced, request) if hold.is_checked_out else None
    if ticket is None:
        return _write_payment(_write_order(hold, priced, request, now), request, now)
    if known := _earlier_payment(request):
        return known
    _write_contact(ticket.order, request, now)
    return _open_payment(ticket.order, hold, request, now)


@atomically
def _pay_again(*, ticket: Ticket, request: BookingRequest) -> Payment:
    if ticket.status == Ticket.Status.CONFIRMED:
        raise AlreadyPaid(ticket)
    hold, now = lock_active_hold(code=ticket.hold.code, buyer=ticket.hold.buyer)
    ticket.refresh_from_db(fields=["status"])
    if ticket.status != Ticket.Status.PENDING:
        raise HoldExpired
    return _earlier_payment(request) or _open_payment(ticket.order, hold, request, now)


def _quote(hold: Hold, lines: Sequence[TariffLine], request: BookingRequest, now: datetime) -> Quote:
    """The price of the order. Raises CouponRefused if the typed code gives no discount."""
    buyer = CouponRequest(request.coupon, request.contact.email, request.user.pk if request.user else None, hold)
    priced = quote(lines, hold.show, QuoteRequest(now, request.channel, buyer))
    if priced.refusal:
        raise priced.refusal
    return priced


def _pending_ticket(hold: Hold, priced: Quote, request: BookingRequest) -> Ticket | None:
    """The ticket of an earlier checkout of the hold. One with other seats, ticket types, prices or coupons expires."""
    ticket = Ticket.objects.select_related("order").filter(hold=hold, status=Ticket.Status.PENDING).first()
    if ticket and not _is_same(ticket, priced, request):
        _check_few_payments(hold)
        drop_pending_tickets(hold_ids={hold.pk})
        return None
    return ticket


def _is_same(ticket: Ticket, priced: Quote, request: BookingRequest) -> bool:
    """Whether the ticket is for the same seats at the same prices, with the same coupons of the same buyer."""
    seats = {(line.seat.pk, line.ticket_type and line.ticket_type.pk, line.costs) for line in priced.lines}
    if ticket.fee != priced.fees or seats != set(ticket.seats.values_list("show_seat", "ticket_type", "price")):
        return False
    coupons = {saving.coupon.pk for saving in priced.savings}
    used = ticket.order.lines.filter(coupon__isnull=False).values_list("coupon", flat=True) if coupons else ()
    return coupons == set(used) and ticket.order.coupon_email == _coupon_email(priced, request)


def _coupon_email(priced: Quote, request: BookingRequest) -> str:
    return mailbox(request.contact.email) if priced.savings else ""


def _check_few_payments(hold: Hold) -> None:
    begun = Payment.objects.filter(order__tickets__hold=hold).count()
    if begun >= MOST_PAYMENTS:
        raise TooManyPayments(begun)


def _write_order(hold: Hold, priced: Quote, request: BookingRequest, now: datetime) -> Order:
    """Write an order with a ticket for the seats of a hold."""
    theatre = hold.show.screen.theatre
    taxes = taxes_at(theatre, now)
    coupons = [saving.coupon for saving in priced.savings]
    take_uses(coupons=coupons, email=request.contact.email, user_id=request.user.pk if request.user else None)
    order = Order.objects.create(
        theatre=theatre,
        channel=request.channel,
        language=get_language() or settings.LANGUAGE_CODE,
        total=priced.total,
        coupon_email=_coupon_email(priced, request),
        user=request.user,
        terms_version=request.terms,
        terms_accepted_at=now if request.terms else None,
        created_at=now,
        **request.contact._asdict(),
    )
    ticket = Ticket.objects.create(
        order=order,
        reference=order.reference,
        show=hold.show,
        hold=hold,
        amount=order.total,
        fee=priced.fees,
        cancel_cutoff=theatre.cancel_cutoff,
        refund_percent=theatre.refund_percent,
        offer_version=hold.show.offer_version,
        created_at=now,
    )
    seats = [
        TicketSeat(
            ticket=ticket,
            show_seat=line.seat,
            ticket_type=line.ticket_type,
            price=line.costs,
            tax_percent=taxes.percent(OrderLine.Kind.SEAT, line.costs),
        )
        for line in priced.lines
    ]
    set_reported(seats=seats, taxes=taxes)
    ticket.lines = TicketSeat.objects.bulk_create(seats)
    order.line_list = write_lines(order=order, seats=ticket.lines, priced=priced, taxes=taxes)
    write_words(order=order)
    order.ticket_list = [ticket]
    return order


def _write_contact(order: Order, request: BookingRequest, now: datetime) -> None:
    renamed = (order.name, order.email) != (request.contact.name, request.contact.email)
    order.name, order.email, order.phone = request.contact
    order.user = request.user or order.user
    order.language = get_language() or settings.LANGUAGE_CODE
    if request.terms:
        order.terms_version, order.terms_accepted_at = request.terms, now
    order.save(update_fields=["name", "email", "phone", "user", "language", "terms_version", "terms_accepted_at"])
    if renamed:
        rewrite_words(order=order)


def _write_payment(order: Order, request: BookingRequest, now: datetime) -> Payment:
    return Payment.objects.create(
        order=order,
        mode=_mode(order, request),
        gateway=_gateway(order, request),
        amount=order.total,
        key=request.key,
        fingerprint=request.fingerprint,
        created_at=now,
        due_at=now + settings.LEFT_ALONE_FOR,
    )


def _open_payment(order: Order, hold: Hold, request: BookingRequest, now: datetime) -> Payment:
    """The payment of an order that was checked out before: the open one, now under this key too, or a new one.

    An open payment with another mode becomes REPLACED. If money still arrives for it, that counts.
    """
    payment = order.payments.filter(status=Payment.Status.PENDING).first()
    if payment and (payment.mode, payment.gateway) == (_mode(order, request), _gateway(order, request)):
        PaymentKey.objects.create(payment=payment, key=request.key, fingerprint=request.fingerprint)
        return payment
    _check_few_payments(hold)
    if payment:
        payment.status = Payment.Status.REPLACED
        payment.save(update_fields=["status"])
    return _write_payment(order, request, now)


def _mode(order: Order, request: BookingRequest) -> str:
    """How the order is paid: "" if it costs nothing."""
    return request.mode if order.total else ""


def _gateway(order: Order, request: BookingRequest) -> str:
    """The gateway that takes the payment. Raises PaymentModeNotOffered."""
    if not order.total:
        return ""
    if request.mode not in settings.PAYMENT_GATEWAYS:
        raise PaymentModeNotOffered(request.mode)
    return settings.PAYMENT_GATEWAYS[request.mode]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _repeated(request: BookingRequest, refusal: Exception) -> Payment:
    """The payment that the same request got the first time. Raises ``refusal`` if this is the first time."""
    earlier = _earlier_payment(request)
    if earlier is None:
        raise refusal
    return earlier


def _earlier_payment(request: BookingRequest) -> Payment | None:
    """The payment that a repeated request got the first time, or None.

    Raises IdempotencyKeyReused if the key was used with other parameters.
    """
    first = Payment.objects.filter(key=request.key).values_list("pk", "fingerprint")
    further = PaymentKey.objects.filter(key=request.key).values_list("payment", "fingerprint")
    found = first.union(further, all=True).first()  # usually none
    if found is None:
        return None
    pk, fingerprint = found
    if fingerprint != request.fingerprint:
        raise IdempotencyKeyReused
    lines = TicketSeat.objects.select_related("show_seat__seat__category", "ticket_type")
    return with_lines(with_tickets(Payment.objects.filter(pk=pk), lines.order_by("show_seat_id"))).get()
