"""Selling gift cards: an order without tickets, whose cards become good once it is paid."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db import IntegrityError
from django.db.models.functions import Now

from cinema.exceptions import IdempotencyKeyReused, PaymentModeNotOffered
from cinema.models import FailedTry, GiftCard, Order, OrderLine, Payment, Theatre
from cinema.services.booking.booking_requests import BookingRequest, Contact
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_payment
from cinema.services.core.search_words import write_words
from cinema.services.core.transactions import atomically
from cinema.services.people.failed_tries import count_try

MAILED_AT = time(9)  # on the theatre's clock, on another day than that of the order


class GiftCardPlan(NamedTuple):
    """The gift card wanted: its amount, and to whom it is mailed on which day (None: at once).

    Without an address it is for the buyer to print.
    """

    theatre: Theatre
    amount: Decimal
    recipient_name: str = ""
    recipient_email: str = ""
    message: str = ""
    deliver_on: date | None = None


def order_gift_card(*, plan: GiftCardPlan, request: BookingRequest, buyer: str, client_ip: str) -> Payment:
    """Write an order of a gift card, and a payment to be made. Repeating the request returns the same payment.

    Raises PaymentModeNotOffered, AmountTooPrecise, TooManyGiftCardOrders and IdempotencyKeyReused.
    """
    request = request.bound(buyer=buyer, about=f"gift card {plan.theatre.pk} {plan[1:]}")
    if earlier := _earlier_payment(request):
        return earlier
    if request.mode not in settings.PAYMENT_GATEWAYS:
        raise PaymentModeNotOffered(request.mode)
    check_payable(plan.amount)
    count_try(kind=FailedTry.Kind.GIFT_ORDER, client_ip=client_ip, right=False)
    try:
        return _order(plan, request)
    except IntegrityError:
        earlier = _earlier_payment(request)  # the same request at the same time
        if earlier is None:
            raise
        return earlier


def pay_again(*, code: str, client_ip: str) -> Payment:
    """The payment to make for the gift cards of an order after the payment ``code`` was declined.

    It is the one already made or begun, if there is one. Raises PaymentModeNotOffered, TooManyGiftCardOrders and
    Payment.DoesNotExist.
    """
    count_try(kind=FailedTry.Kind.GIFT_ORDER, client_ip=client_ip, right=False)
    return _pay_again(code=code)


@atomically
def _order(plan: GiftCardPlan, request: BookingRequest) -> Payment:
    theatre = plan.theatre
    now: datetime = Theatre.objects.filter(pk=theatre.pk).values_list(Now(), flat=True).get()
    order = Order.objects.create(
        theatre=theatre,
        channel=request.channel,
        language=request.language,
        total=plan.amount,
        user=request.user,
        terms_version=request.terms,
        terms_accepted_at=now if request.terms else None,
        created_at=now,
        **request.contact._asdict(),
    )
    write_words(order=order)
    line = OrderLine.objects.create(
        order=order, kind=OrderLine.Kind.GIFT_CARD, unit_price=plan.amount, amount=plan.amount
    )
    GiftCard.objects.create(
        theatre=theatre,
        order_line=line,
        amount=plan.amount,
        recipient_name=plan.recipient_name,
        recipient_email=plan.recipient_email,
        message=plan.message,
        deliver_at=_moment(plan, now),
        created_at=now,
    )
    return _write_payment(order, request, now)


def _moment(plan: GiftCardPlan, now: datetime) -> datetime:
    """When the card is mailed: now, or in the morning of a later day."""
    today = now.astimezone(plan.theatre.tz).date()
    if plan.deliver_on is None or plan.deliver_on <= today:
        return now
    return datetime.combine(plan.deliver_on, MAILED_AT, plan.theatre.tz)


@atomically
def _pay_again(*, code: str) -> Payment:
    last = lock_payment(code=code, order__tickets=None)
    payments = last.order.payments.order_by("-pk")
    if payment := payments.paid().first() or payments.filter(status=Payment.Status.PENDING).first():
        return payment
    if last.mode not in settings.PAYMENT_GATEWAYS:
        raise PaymentModeNotOffered(last.mode)
    order = last.order
    contact = Contact(order.name, order.email, order.phone)
    request = BookingRequest(contact, last.mode, key=f"after payment {payments[0].pk}")
    return _write_payment(order, request.bound(buyer=f"order {order.code}", about="gift card"), last.now)


def _write_payment(order: Order, request: BookingRequest, now: datetime) -> Payment:
    return Payment.objects.create(
        order=order,
        mode=request.mode,
        gateway=settings.PAYMENT_GATEWAYS[request.mode],
        amount=order.total,
        key=request.key,
        fingerprint=request.fingerprint,
        created_at=now,
        due_at=now + settings.LEFT_ALONE_FOR,
    )


def _earlier_payment(request: BookingRequest) -> Payment | None:
    payment = Payment.objects.filter(key=request.key).select_related("order").first()
    if payment and payment.fingerprint != request.fingerprint:
        raise IdempotencyKeyReused
    return payment
