"""Refunding the purchase of gift cards of which nothing is spent, as staff."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from cinema.domain.money import exact
from cinema.exceptions import GiftCardNotReturnable, GiftCardReplaced, GiftCardUnpaid
from cinema.models import GiftCard, Order, Payment, Refund, Theatre, User
from cinema.models.annotated import GiftCardNow, LockedPayment
from cinema.services.booking.orders import update_status
from cinema.services.core import audit
from cinema.services.core.locking import lock_gift_cards, lock_payment
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.money.gift_cards import take_back
from cinema.services.money.ledger import post_refunds
from cinema.services.money.refunds import Cause, refund_shares

NOTHING = Decimal(0)
RETURNABLE = (Payment.Status.SUCCESS, Payment.Status.PART_REFUNDED)


class BoughtCards(NamedTuple):
    """Locked gift cards of one order, and its locked payments with what is ``left`` of each to refund."""

    order: Order
    cards: Sequence[GiftCardNow]
    left: Sequence[tuple[LockedPayment, Decimal]]


@atomically
def refund_gift_card(*, theatre: Theatre, pk: int, user: User) -> Refund:
    """Refund the purchase of an unspent gift card of the theatre to the tenders that have paid, and block the card;
    return the last refund.

    Raises GiftCardUnpaid, GiftCardNotReturnable, GiftCardReplaced and GiftCard.DoesNotExist.
    """
    sold = GiftCard.objects.select_related("order_line__order").get(theatre=theatre, pk=pk)
    order, price = sold.order_line.order, sold.order_line.amount
    bought = lock_bought(order=order, pk=pk)
    [card] = bought.cards
    if card.activated_at is None:
        raise GiftCardUnpaid
    refunds = return_bought(bought=bought, reason=Refund.Reason.CARD_RETURNED)
    update_status(order_ids=[order.pk])
    post(kind=Kind.GIFT_CARD_RETURN, about=card, amount=str(price))
    audit.note(action=audit.Action.GIFT_CARD, user=user, subject=card, theatre=theatre, refunded=str(price))
    return refunds[-1]


def lock_bought(*, order: Order, **which: object) -> BoughtCards:
    """Lock the payments of an order, then its gift cards: those with the fields ``which``, by default all."""
    paid = order.payments.filter(status__in=RETURNABLE).order_by("pk")
    payments = [lock_payment(pk=pk) for pk in paid.values_list("pk", flat=True)]
    left = [(one, one.amount - _returned(one)) for one in payments if one.status in RETURNABLE and not one.is_prepaid]
    cards = lock_gift_cards(order_line__order=order, **which or {"replaced_by": None})
    return BoughtCards(order, cards, [(payment, amount) for payment, amount in left if amount > 0])


def return_bought(*, bought: BoughtCards, reason: Refund.Reason) -> list[Refund]:
    """Take back unspent gift cards, and refund their price, in the caller's transaction.

    Raises GiftCardReplaced, and GiftCardNotReturnable if something is spent or the payments do not suffice.
    """
    price, left = sum((card.order_line.amount for card in bought.cards), NOTHING), bought.left
    for card in bought.cards:
        if card.replaced_by_id:
            raise GiftCardReplaced
        if card.balance != card.order_line.amount:
            raise GiftCardNotReturnable(card.balance, card.order_line.amount)
        take_back(card=card, most=card.balance, at=card.now)
    if price > sum((amount for _payment, amount in left), NOTHING):
        raise GiftCardNotReturnable(price, price)
    cause = Cause(reason, bought.cards[0].now)
    refunds, _after = refund_shares(left=left, amount=price, cause=cause)
    post_refunds(order=bought.order, refunds=refunds, at=cause.at)
    return refunds


def _returned(payment: Payment) -> Decimal:
    return exact(payment.refunds.aggregate(sum=Sum("amount"))["sum"] or NOTHING)
