"""Gift cards sold at the counter without tickets: an order of their own, which can be paid in parts."""

from datetime import datetime
from decimal import Decimal
from typing import cast

from django.db import IntegrityError
from django.db.models.functions import Now

from cinema.domain.fees import BookingFee
from cinema.exceptions import PriceChanged, SaleEmpty
from cinema.models import Order, Payment, Theatre
from cinema.selectors.booking.gift_cards import cards_bought, price_of
from cinema.selectors.booking.quotes import Quote
from cinema.services.booking.booking import write_contact
from cinema.services.booking.booking_requests import AtTill, BookingRequest
from cinema.services.booking.order_payments import earlier_payment, new_payment, open_payment, payment_of_repeat
from cinema.services.booking.orders import draft_order, write_gift_cards, write_order
from cinema.services.core.locking import lock_order
from cinema.services.core.transactions import atomically


def book_gift_cards(*, code: str, seen: Decimal, request: BookingRequest) -> Payment:
    """Write an order with this ``code`` for the gift cards of a request at a till, and return its pending payment.

    If there is such an order already, the payment is the next one of it. ``seen`` is the total that the seller saw.
    Repeating a request returns the same payment. Raises PriceChanged, PaymentWaiting, PaymentModeNotOffered,
    IdempotencyKeyReused, and SaleEmpty if the order is sold, has other cards, or is at another theatre.
    """
    request = request.bound(buyer=code, about=f"gift cards {code}")
    try:
        return _book(code, seen, request)
    except IntegrityError as error:
        try:
            return payment_of_repeat(request=request, refusal=error)
        except IntegrityError:  # the same sale was begun in another window at the same moment
            return _book(code, seen, request)


@atomically
def _book(code: str, seen: Decimal, request: BookingRequest) -> Payment:
    if seen != (total := price_of(request.bought)):
        raise PriceChanged(seen, total)
    try:
        order = lock_order(code=code)
    except Order.DoesNotExist:
        return _order(code, request)
    if earlier := earlier_payment(request=request):
        return earlier
    is_here = order.theatre_id == cast(AtTill, request.till).session.theatre_id
    if not is_here or order.status not in Order.UNSOLD or cards_bought(order) != list(request.bought):
        raise SaleEmpty
    write_contact(order=order, request=request, now=order.now)
    return open_payment(order=order, holds=(), request=request, now=order.now)


def _order(code: str, request: BookingRequest) -> Payment:
    session = cast(AtTill, request.till).session
    now: datetime = Theatre.objects.filter(pk=session.theatre_id).values_list(Now(), flat=True).get()
    priced = Quote((), BookingFee(), gift_cards=price_of(request.bought))
    order = draft_order(holds=(), priced=priced, request=request, now=now)
    order.code = code
    payment = new_payment(order=order, request=request, now=now, rest=order.total)
    write_order(order=order, payment=payment)
    write_gift_cards(order=order, bought=request.bought)
    return payment
