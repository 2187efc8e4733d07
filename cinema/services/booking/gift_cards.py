"""Gift cards at the checkout: reserved for an unpaid order, returned when it expires, spent when it is paid.

What is reserved has left the balance already, under a lock of the card, so two orders never spend the same money.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Round

from cinema.exceptions import UnknownGiftCard
from cinema.models import FailedTry, GiftCard, Order, Payment, PaymentMode, Refund
from cinema.models.annotated import GiftCardNow
from cinema.models.codes import new_code
from cinema.models.gift_cards import gift_code_in
from cinema.selectors.booking.gift_cards import folded, shares, why_refused
from cinema.services.booking.booking_requests import BookingRequest
from cinema.services.core.locking import lock_gift_cards
from cinema.services.people.failed_tries import count_try

EXTENDED_BY = timedelta(days=30)  # what expired while it was spent, from the day on which that came back


def check_gift_cards(*, typed: Collection[str], client_ip: str) -> None:
    """Count codes that are unknown. No statement without codes. Raises TooManyWrongGiftCards."""
    for code in folded(typed):
        known = bool(gift_code_in(code)) and GiftCard.objects.filter(code=code, activated_at__isnull=False).exists()
        count_try(kind=FailedTry.Kind.GIFT_CARD, client_ip=client_ip, right=known)


def reserve_gift_cards(*, order: Order, rest: Decimal, request: BookingRequest, now: datetime) -> Decimal:
    """Reserve what the requested cards pay of the ``rest`` of a new order; return that. No statement without cards.

    Raises GiftCardRefused.
    """
    codes, paid = folded(request.gift_cards), Decimal(0)
    if codes and rest:
        locked = {card.code: card for card in lock_gift_cards(code__in=codes, activated_at__isnull=False)}
        cards = [_usable(code, locked.get(code)) for code in codes]
        uses = list(shares([(card, card.balance) for card in cards], rest))
        paid = sum((use.amount for use in uses), Decimal(0))
        for card, amount in uses:
            _move(card, -amount)
        Payment.objects.bulk_create(
            Payment(
                order=order,
                mode=PaymentMode.GIFT_CARD,
                gateway="",
                gift_card=card,
                amount=amount,
                key=new_code(),
                created_at=now,
                due_at=None,
                **request.taker,
            )
            for card, amount in uses
        )
        order.uses_gift_cards = True
        order.save(update_fields=["uses_gift_cards"])
    return paid


def give_back_gift_cards(*, orders: Collection[Order]) -> None:
    """Put back on the cards what locked orders have reserved, where they have expired; no statement without cards."""
    keys = [order.pk for order in orders if order.uses_gift_cards]
    if keys:
        expired = Payment.objects.filter(order__in=keys, order__status=Order.Status.EXPIRED)
        _give_back(expired.filter(gift_card__isnull=False, status=Payment.Status.PENDING))


def _give_back(reserved: QuerySet[Payment]) -> None:
    payments = list(reserved.order_by("gift_card"))
    for payment in payments:
        _refill(payment, payment.amount)
    Payment.objects.filter(pk__in=[payment.pk for payment in payments]).update(status=Payment.Status.FAILED)


def return_to_card(*, payment: Payment, amount: Decimal) -> None:
    """Put a refund on the gift card of a payment, which is good for EXTENDED_BY if its last day is over by now."""
    card = _refill(payment, amount)
    if card.has_expired(card.now):
        card.expires_on = card.now.astimezone(card.theatre.tz).date() + EXTENDED_BY
        card.save(update_fields=["expires_on"])


def _refill(payment: Payment, amount: Decimal) -> GiftCardNow:
    """Put an amount back on the gift card of a payment, or on the one that has replaced it; return that."""
    [card] = lock_gift_cards(pk=payment.gift_card_id)
    while card.replaced_by_id:
        [card] = lock_gift_cards(pk=card.replaced_by_id)
    _move(card, amount)
    return card


def take_gift_cards(*, order: Order, now: datetime) -> list[Payment] | Refund.Reason:
    """Spend what gift cards pay of a locked order whose rest has been paid; return those payments.

    What had been returned because the order had expired is taken again. If that is no longer there, or a card has
    been blocked since, nothing is spent, and the reason is returned: what was reserved is returned to the cards.
    """
    if not order.uses_gift_cards:
        return []
    payments = list(order.payments.filter(gift_card__isnull=False, status__in=Payment.UNPAID).order_by("pk"))
    cards = {card.pk: card for card in lock_gift_cards(pk__in=[payment.gift_card_id for payment in payments])}
    gone = [payment for payment in payments if payment.status != Payment.Status.PENDING]
    again = [(cards[payment.gift_card_id or 0], payment.amount) for payment in gone]  # an order uses each card once
    if any(card.blocked_at for card in cards.values()):
        _give_back(order.payments.filter(gift_card__isnull=False, status=Payment.Status.PENDING))
        return Refund.Reason.CARD_BLOCKED
    if any(card.has_expired(now) or card.balance < amount for card, amount in again):
        return Refund.Reason.CARD_SPENT
    for card, amount in again:
        _move(card, -amount)
    for payment in payments:
        payment.status, payment.settled_at = Payment.Status.SUCCESS, now
    Payment.objects.bulk_update(payments, ["status", "settled_at"])
    return payments


def _move(card: GiftCard, amount: Decimal) -> None:
    """Change the balance of a locked card. The database refuses to make it negative, whatever was read before.

    It is rounded, since SQLite adds as floats: 300 less 224.99 would not have 75.01 left to spend.
    """
    GiftCard.objects.filter(pk=card.pk).update(balance=Round(F("balance") + amount, precision=2))


def _usable(code: str, card: GiftCardNow | None) -> GiftCardNow:
    if card is None:
        raise UnknownGiftCard(code)
    if refusal := why_refused(card, card.balance, card.now):
        raise refusal
    return card
