"""Vouchers at the checkout: reserved for an unpaid order, returned when it expires, used once it is paid.

A voucher is used from the moment when it is reserved, under a lock of its row, and the database lets only one payment
that counts name it: so no voucher pays twice.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from cinema.models import FailedTry, Order, Payment, PaymentMode, Theatre, Voucher
from cinema.models.codes import new_code
from cinema.models.vouchers import voucher_code_in
from cinema.selectors.booking.quotes import NOTHING, Quote
from cinema.selectors.booking.vouchers import choose, folded, why_refused
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.booking.gift_cards import EXTENDED_BY
from cinema.services.core.locking import lock_vouchers
from cinema.services.people.failed_tries import count_try


def check_vouchers(*, typed: Collection[str], client_ip: str) -> None:
    """Count codes that are unknown. No statement without codes. Raises TooManyWrongGiftCards."""
    for code in folded(typed):
        known = bool(voucher_code_in(code)) and Voucher.objects.filter(code=code).exists()
        count_try(kind=FailedTry.Kind.GIFT_CARD, client_ip=client_ip, right=known)


def reserve_vouchers(*, order: Order, priced: Quote, request: BookingRequest, now: datetime) -> Decimal:
    """Reserve the requested vouchers for seats of a new order; return what they pay. No statement without vouchers.

    Raises VoucherRefused.
    """
    codes = folded(request.vouchers)
    if not codes or not order.total:
        return NOTHING
    locked = {voucher.code: voucher for voucher in lock_vouchers(code__in=codes)}
    chosen = choose(codes, locked, priced, [ticket.show for ticket in order.ticket_list])
    if chosen.refusal:
        raise chosen.refusal
    seats = {seat.show_seat_id: seat for ticket in order.ticket_list for seat in ticket.lines}
    _use([use.voucher.pk for use in chosen.uses], now)
    Payment.objects.bulk_create(
        Payment(
            order=order,
            mode=PaymentMode.VOUCHER,
            gateway="",
            voucher=use.voucher,
            ticket_seat=seats[use.seat.pk],
            amount=use.amount,
            key=new_code(),
            created_at=now,
            due_at=None,
            **request.taker,
        )
        for use in chosen.uses
    )
    order.uses_vouchers = True
    order.save(update_fields=["uses_vouchers"])
    return chosen.amount


def give_back_vouchers(*, orders: Collection[Order]) -> None:
    """Open the vouchers again that locked orders have reserved, where they have expired; no statement without any."""
    keys = [order.pk for order in orders if order.uses_vouchers]
    if keys:
        expired = Payment.objects.filter(order__in=keys, order__status=Order.Status.EXPIRED)
        payments = list(expired.filter(voucher__isnull=False, status=Payment.Status.PENDING))
        locked = lock_vouchers(pk__in=[payment.voucher_id for payment in payments])
        Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(status=Payment.Status.FAILED)
        Voucher.objects.filter(pk__in=[voucher.pk for voucher in locked]).update(used_at=None)


def return_voucher(*, payment: Payment, theatre: Theatre) -> None:
    """Open the voucher of a payment that is refunded again, for EXTENDED_BY if its last day is over by now."""
    [voucher] = lock_vouchers(pk=payment.voucher_id)
    if voucher.has_expired(voucher.now, theatre):
        voucher.extended_until = voucher.now.astimezone(theatre.tz).date() + EXTENDED_BY
    voucher.used_at = None
    voucher.save(update_fields=["used_at", "extended_until"])


def lock_promised_vouchers(*, order: Order, now: datetime) -> list[Payment] | None:
    """Lock what vouchers pay of a locked order whose rest has been paid; return those payments with their seats.

    What had been returned because the order had expired must still be open: None if it is not.
    """
    if not order.uses_vouchers:
        return []
    promised = order.payments.filter(voucher__isnull=False, status__in=Payment.UNPAID)
    payments = list(promised.select_related("ticket_seat", "voucher").order_by("pk"))
    gone = [payment.voucher_id for payment in payments if payment.status != Payment.Status.PENDING]
    vouchers = lock_vouchers(pk__in=gone)
    return None if any(why_refused(voucher, order.theatre, now) for voucher in vouchers) else payments


def take_vouchers(*, payments: Sequence[Payment], now: datetime) -> None:
    """Use the vouchers of payments that lock_promised_vouchers() has returned."""
    _use([payment.voucher_id for payment in payments if payment.status != Payment.Status.PENDING], now)
    for payment in payments:
        payment.status, payment.settled_at = Payment.Status.SUCCESS, now
    Payment.objects.bulk_update(payments, ["status", "settled_at"])


def _use(keys: Collection[int | None], now: datetime) -> None:
    if keys:
        Voucher.objects.filter(pk__in=[key for key in keys if key]).update(used_at=now)
