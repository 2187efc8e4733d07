"""Refunding the purchase of a gift card of which nothing is spent, as staff."""

from cinema.exceptions import GiftCardNotReturnable, GiftCardReplaced, GiftCardUnpaid
from cinema.models import GiftCard, Order, Payment, Refund, Theatre, User
from cinema.services.core import audit
from cinema.services.core.locking import lock_gift_cards, lock_payment
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically
from cinema.services.money.gift_cards import take_back_gift_cards
from cinema.services.money.ledger import post_refunds
from cinema.services.money.refunds import Cause, refund_payment


@atomically
def refund_gift_card(*, theatre: Theatre, pk: int, user: User) -> Refund:
    """Refund the purchase of an unspent gift card of the theatre to the tender that has paid, and block the card.

    Raises GiftCardUnpaid, GiftCardNotReturnable, GiftCardReplaced and GiftCard.DoesNotExist.
    """
    sold = GiftCard.objects.select_related("order_line__order").get(theatre=theatre, pk=pk)
    order, price = sold.order_line.order, sold.order_line.amount
    kept = order.payments.filter(status=Payment.Status.SUCCESS, refunds=None).order_by("pk").first()
    payment = kept and lock_payment(pk=kept.pk)
    [card] = lock_gift_cards(pk=pk)
    if card.activated_at is None:
        raise GiftCardUnpaid
    if card.replaced_by_id:
        raise GiftCardReplaced
    if payment is None or card.balance != price or payment.status != Payment.Status.SUCCESS or payment.refunds.exists():
        raise GiftCardNotReturnable(card.balance, price)
    cause = Cause(Refund.Reason.CARD_RETURNED, card.now)
    take_back_gift_cards(order=order, amount=price, at=card.now)
    refund = refund_payment(payment=payment, amount=price, cause=cause)
    post_refunds(order=order, refunds=[refund], at=card.now)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)
    post(kind=Kind.GIFT_CARD_RETURN, about=card, amount=str(price))
    audit.note(action=audit.Action.GIFT_CARD, user=user, subject=card, theatre=theatre, refunded=str(price))
    return refund
