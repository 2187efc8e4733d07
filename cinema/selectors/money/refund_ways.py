"""Where the money of a refund goes: back on gift cards first, the rest to the payment method. Vouchers are no money."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from cinema.domain.money import exact
from cinema.models import Order, Payment, Refund, Ticket

NOTHING = Decimal(0)


class RefundWays(NamedTuple):
    """The parts of a refund, which add up to its amount."""

    on_card: Decimal = NOTHING
    rest: Decimal = NOTHING


def ways_back(order: Order, amount: Decimal) -> RefundWays:
    """Where a refund of ``amount`` would go; no statement if no gift card has paid for the order."""
    if not order.uses_gift_cards or not amount:
        return RefundWays(rest=amount)
    spent: QuerySet[Payment] = order.payments.paid().filter(gift_card__isnull=False)
    payments = spent.annotate(returned=Sum("refunds__amount", default=NOTHING))
    left = sum((payment.amount - exact(payment.returned) for payment in payments), NOTHING)
    return RefundWays(min(amount, left), max(amount - left, NOTHING))


def ways_of_mail(ticket: Ticket, amount: Decimal, written: datetime) -> RefundWays:
    """Where the refund of ``amount`` goes that a mail about a ticket is about: the last before it was ``written``."""
    if not ticket.order.uses_gift_cards or not amount:
        return RefundWays(rest=amount)
    before = Refund.objects.filter(ticket=ticket, created_at__lte=written, payment__voucher=None)
    refunds = list(before.select_related("payment").order_by("-created_at", "pk"))
    last = [refund for refund in refunds if refund.created_at == refunds[0].created_at]
    return _ways_of(last) if sum((refund.amount for refund in last), NOTHING) == amount else RefundWays(rest=amount)


def _ways_of(refunds: Iterable[Refund]) -> RefundWays:
    on_card = rest = NOTHING
    for refund in refunds:
        if refund.payment.gift_card_id:
            on_card += refund.amount
        else:
            rest += refund.amount
    return RefundWays(on_card, rest)
