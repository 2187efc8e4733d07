"""Where the money of a refund goes: back on gift cards first, the rest the way it came. Vouchers are no money."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from cinema.domain.money import exact
from cinema.models import GiftCard, Order, Payment, Refund, Ticket
from cinema.models.payments import TILL_MODES

NOTHING = Decimal(0)


class RefundWays(NamedTuple):
    """The parts of a refund, which add up to its amount.

    ``card`` is the gift card that gets its part, None if there are several; ``mode`` the PaymentMode by which the rest
    goes back, "" if there are several or it is not known.
    """

    on_card: Decimal = NOTHING
    rest: Decimal = NOTHING
    card: GiftCard | None = None
    mode: str = ""

    @property
    def is_at_till(self) -> bool:
        """Whether the rest is paid out at a till."""
        return self.mode in TILL_MODES


def ways_back(order: Order, amount: Decimal) -> RefundWays:
    """Where a refund of ``amount`` would go; at most one statement."""
    if not amount:
        return RefundWays()
    paid: QuerySet[Payment] = order.payments.paid().filter(voucher=None).select_related("gift_card")
    found = paid.annotate(returned=Sum("refunds__amount", default=NOTHING))
    left = [(payment, payment.amount - exact(payment.returned)) for payment in found]
    on_cards = sum((rest for payment, rest in left if payment.gift_card_id), NOTHING)
    used = [payment for payment, rest in left if rest]
    return RefundWays(min(amount, on_cards), max(amount - on_cards, NOTHING), _only_card(used), _only_mode(used))


def waiting_at_till(order: Order) -> list[Refund]:
    """The refunds of what was paid for an order at a till, which wait to be paid out there."""
    refunds = Refund.objects.filter(payment__order=order, payment__mode__in=TILL_MODES, status=Refund.Status.PENDING)
    return list(refunds.select_related("payment").order_by("pk"))


def ways_of_mail(ticket: Ticket, amount: Decimal, written: datetime) -> RefundWays:
    """Where the refund of ``amount`` goes that a mail about a ticket is about: the last before it was ``written``.

    If that cannot be told, where any money of its order would go.
    """
    if not amount:
        return RefundWays()
    before = Refund.objects.filter(ticket=ticket, created_at__lte=written, payment__voucher=None)
    refunds = list(before.select_related("payment__gift_card").order_by("-created_at", "pk"))
    last = [refund for refund in refunds if refund.created_at == refunds[0].created_at]
    if sum((refund.amount for refund in last), NOTHING) != amount:
        return RefundWays(rest=amount, mode=mode_of(ticket.order))
    on_card = sum((refund.amount for refund in last if refund.payment.gift_card_id), NOTHING)
    payments = [refund.payment for refund in last]
    return RefundWays(on_card, amount - on_card, _only_card(payments), _only_mode(payments))


def _only_card(payments: Iterable[Payment]) -> GiftCard | None:
    cards = {payment.gift_card for payment in payments if payment.gift_card}
    return next(iter(cards)) if len(cards) == 1 else None


def mode_of(order: Order) -> str:
    """The PaymentMode by which the money for an order has come, prepaid parts aside; "" if there are several."""
    return _only_mode(order.payments.paid())


def _only_mode(payments: Iterable[Payment]) -> str:
    modes = {payment.mode for payment in payments if not payment.is_prepaid}
    return next(iter(modes)) if len(modes) == 1 else ""
