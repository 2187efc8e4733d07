"""What vouchers and gift cards pay of an order: vouchers their seats, gift cards as much as they can of the rest."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from cinema.exceptions import PrepaidChanged
from cinema.models import Order, Payment, Refund
from cinema.models.codes import new_code
from cinema.selectors.booking.quotes import Quote
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.booking.gift_cards import (
    check_gift_cards,
    give_back_gift_cards,
    reserve_gift_cards,
    take_gift_cards,
)
from cinema.services.booking.vouchers import (
    check_vouchers,
    give_back_vouchers,
    lock_promised_vouchers,
    reserve_vouchers,
    take_vouchers,
)


def check_prepaid(*, vouchers: Collection[str], gift_cards: Collection[str], client_ip: str) -> None:
    """Count codes that are unknown. No statement without codes. Raises TooManyWrongGiftCards."""
    check_vouchers(typed=vouchers, client_ip=client_ip)
    check_gift_cards(typed=gift_cards, client_ip=client_ip)


def reserve_prepaid(*, order: Order, priced: Quote, request: BookingRequest, now: datetime) -> Decimal:
    """Reserve what the requested vouchers and gift cards pay of a new order; return what is left to pay.

    No statement without them. Raises VoucherRefused, GiftCardRefused and, if something else is left than the buyer was
    shown, PrepaidChanged.
    """
    rest = order.total - reserve_vouchers(order=order, priced=priced, request=request, now=now)
    due = rest - priced.gift_cards  # gift cards cannot pay for gift cards
    rest -= reserve_gift_cards(order=order, rest=due, request=request, now=now)
    if order.is_prepaid:
        check_rest(rest=rest, request=request)
    return rest


def check_rest(*, rest: Decimal, request: BookingRequest) -> None:
    """Raise PrepaidChanged if the buyer was shown that something else is left to pay."""
    if request.seen_rest not in (None, rest):
        raise PrepaidChanged(rest)


def give_back_prepaid(*, orders: Collection[Order]) -> None:
    """Release what locked orders have reserved, where they have expired; no statement without any."""
    give_back_vouchers(orders=orders)
    give_back_gift_cards(orders=orders)


def take_prepaid(*, order: Order, now: datetime) -> list[Payment] | Refund.Reason:
    """Spend what vouchers and gift cards pay of a locked order whose rest has been paid; return those payments.

    What had been returned because the order had expired is taken again; if it is no longer there, return the reason
    why the rest must be refunded. Vouchers are locked before gift cards.
    """
    if order.is_prepaid and order.status == Order.Status.EXPIRED:
        _promise_again(order=order)
    vouchers = lock_promised_vouchers(order=order, now=now)
    if vouchers is None:
        return Refund.Reason.VOUCHER_USED
    cards = take_gift_cards(order=order, now=now)
    if isinstance(cards, Refund.Reason):
        return cards
    if vouchers:
        take_vouchers(payments=vouchers, now=now)
    return [*vouchers, *cards]


def _promise_again(*, order: Order) -> None:
    """Write the payments again that vouchers and gift cards made of an expired order when it was paid before, and that
    were returned since its seats were gone: what pays for it now lacks them, too."""
    latest = {(one.gift_card_id, one.voucher_id): one for one in order.payments.prepaid().order_by("pk")}
    for payment in latest.values():
        if payment.status == Payment.Status.REFUNDED:
            payment.pk, payment.code, payment.key = None, new_code(), new_code()
            payment.status, payment.settled_at = Payment.Status.FAILED, None
            payment.save(force_insert=True)
