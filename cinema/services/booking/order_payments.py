"""Payments of orders at the checkout: first ones, further ones, and those of repeated requests."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from cinema.exceptions import IdempotencyKeyReused, PaymentModeNotOffered, PaymentWaiting, TooManyPayments
from cinema.models import Hold, Order, Payment, PaymentKey, TicketSeat
from cinema.models.payments import TILL_MODES
from cinema.selectors.booking.gift_cards import rest_of
from cinema.selectors.booking.tickets import with_lines, with_tickets
from cinema.services.booking import sql
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.booking.prepaid import check_rest

MOST_PAYMENTS = 20  # of one hold: each is a charge at the provider


def check_few_payments(*, holds: Collection[Hold]) -> None:
    """Raise TooManyPayments if orders of these holds have MOST_PAYMENTS payments at providers already."""
    begun = Payment.objects.by_provider().filter(order__tickets__hold__in=holds).distinct().count()
    if begun >= MOST_PAYMENTS:
        raise TooManyPayments(begun)


def write_payment(*, order: Order, request: BookingRequest, now: datetime, rest: Decimal) -> Payment:
    """Write the payment of what vouchers and gift cards leave to pay of an order, perhaps nothing."""
    payment = new_payment(order=order, request=request, now=now, rest=rest)
    payment.save(force_insert=True)
    return payment


def new_payment(*, order: Order, request: BookingRequest, now: datetime, rest: Decimal) -> Payment:
    """A payment of ``rest`` for an order, not yet written. Raises PaymentModeNotOffered."""
    mode, gateway = _mode(rest, request), _gateway(rest, request)
    return Payment(
        order=order,
        mode=mode,
        gateway=gateway,
        key=request.key,
        fingerprint=request.fingerprint,
        created_at=now,
        due_at=None if request.till and not gateway else now + settings.LEFT_ALONE_FOR,
        **(request.till.columns(rest, mode) if request.till else {"amount": rest}),
    )


def open_payment(*, order: Order, holds: Sequence[Hold], request: BookingRequest, now: datetime) -> Payment:
    """The payment of an order that was checked out before: the open one, now under this key too, or a new one.

    An open payment with another mode becomes REPLACED, and is closed at its provider as soon as a job comes to it. If
    money still arrives for it, that counts. Raises PaymentWaiting for one that was started at a till.
    """
    rest = rest_of(order)
    check_rest(rest=rest, request=request)
    payment = order.payments.by_provider().filter(status=Payment.Status.PENDING).first()
    if payment and payment.is_started_at_till and payment.key != request.key:
        raise PaymentWaiting
    if payment and (payment.mode, payment.gateway) == (_mode(rest, request), _gateway(rest, request)):
        PaymentKey.objects.create(payment=payment, key=request.key, fingerprint=request.fingerprint)
        return payment
    check_few_payments(holds=holds)
    if payment:
        payment.status, payment.due_at = Payment.Status.REPLACED, now
        payment.save(update_fields=["status", "due_at"])
    return write_payment(order=order, request=request, now=now, rest=rest)


def _mode(rest: Decimal, request: BookingRequest) -> str:
    """How the rest is paid: "" if there is nothing to pay."""
    return request.mode if rest else ""


def _gateway(rest: Decimal, request: BookingRequest) -> str:
    """The gateway that takes the payment, "" if none does. Raises PaymentModeNotOffered."""
    if not rest or (request.till and request.mode in TILL_MODES):
        return ""
    offered = settings.COUNTER_GATEWAYS if request.till else settings.PAYMENT_GATEWAYS
    if request.mode not in offered:
        raise PaymentModeNotOffered(request.mode)
    return offered[request.mode]


def payment_of_repeat(*, request: BookingRequest, refusal: Exception) -> Payment:
    """The payment that the same request got the first time. Raises ``refusal`` if this is the first time."""
    earlier = None if request.is_new_key else earlier_payment(request=request)
    if earlier is None:
        raise refusal
    return earlier


def earlier_payment(*, request: BookingRequest) -> Payment | None:
    """The payment that a repeated request got the first time, or None.

    Raises IdempotencyKeyReused if the key was used with other parameters.
    """
    for first in sql.EARLIER_PAYMENT.rows(key=request.key):  # usually none
        if first.fingerprint != request.fingerprint:
            raise IdempotencyKeyReused
        lines = TicketSeat.objects.select_related("show_seat__seat__category", "ticket_type")
        return with_lines(with_tickets(Payment.objects.filter(pk=first.pk), lines.order_by("show_seat_id"))).get()
    return None
