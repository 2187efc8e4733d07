"""What gift cards pay of an order."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Now

from cinema.domain.money import exact
from cinema.exceptions import (
    GiftCardBlocked,
    GiftCardEmpty,
    GiftCardExpired,
    GiftCardOfOtherCurrency,
    GiftCardRefused,
    UnknownGiftCard,
)
from cinema.models import GiftCard, Hold, Order, Payment
from cinema.models.annotated import GiftCardWithReserved
from cinema.models.gift_cards import gift_code_in

MOST_CARDS = 10  # in one order


class CardUse(NamedTuple):
    """What a gift card pays of an order."""

    card: GiftCard
    amount: Decimal


class GiftCardRequest(NamedTuple):
    """A gift card to be sold at the counter: its amount, and the email it is sent to, "" if it is only printed."""

    amount: Decimal
    email: str = ""


class CardsAtCheckout(NamedTuple):
    """What the typed gift cards pay of an order and what is left to pay; why one of them cannot be used, if so."""

    uses: Sequence[CardUse]
    rest: Decimal
    refusal: GiftCardRefused | None = None


def folded(typed: Collection[str]) -> list[str]:
    """Codes as typed, each once and as it is stored; what can be no code stays as it is."""
    return list(dict.fromkeys(gift_code_in(text) or text.strip() for text in typed if text.strip()))[:MOST_CARDS]


def why_refused(card: GiftCard, available: Decimal, now: datetime) -> GiftCardRefused | None:
    """Why nobody can pay with a card on which so much is available; None if one can."""
    if card.blocked_at:
        return GiftCardBlocked(str(card))
    if card.expires_on and card.has_expired(now):
        return GiftCardExpired(str(card), card.expires_on)
    if card.currency != settings.CURRENCY:
        return GiftCardOfOtherCurrency(str(card), card.currency)
    return None if available else GiftCardEmpty(str(card))


def shares(cards: Sequence[tuple[GiftCard, Decimal]], total: Decimal) -> Iterator[CardUse]:
    """What each of the cards pays of ``total``, with what is available on it: the first as much as it can."""
    for card, available in cards:
        if amount := min(available, total):
            total -= amount
            yield CardUse(card, amount)


def cards_at_checkout(typed: Collection[str], total: Decimal, holds: Sequence[Hold]) -> CardsAtCheckout:
    """What gift cards pay of an order of the ``holds``: what an earlier checkout of them has reserved counts as there.

    No statement without cards.
    """
    codes = folded(typed)
    if not codes or not total:
        return CardsAtCheckout((), total)
    found = {card.code: card for card in _with_reserved(codes, holds)}
    good, refusal = [], None
    for code in codes:
        card = found.get(code)
        available = card.balance + exact(card.reserved) if card else Decimal(0)
        why = why_refused(card, available, card.now) if card else UnknownGiftCard(code)
        if card and not why:
            good.append((card, available))
        refusal = refusal or why
    uses = list(shares(good, total))
    return CardsAtCheckout(uses, total - sum((use.amount for use in uses), Decimal(0)), refusal)


def cards_of(order: Order) -> list[str]:
    """The codes of the gift cards that pay some of an order; no statement if none does."""
    if not order.uses_gift_cards:
        return []
    reserved = order.payments.filter(gift_card__isnull=False, status=Payment.Status.PENDING)
    return list(reserved.order_by("pk").values_list("gift_card__code", flat=True))


def cards_bought(order: Order) -> list[GiftCardRequest]:
    """The gift cards that an unpaid order is for, in the order of its lines."""
    cards = GiftCard.objects.filter(order_line__order=order).order_by("order_line")
    return [GiftCardRequest(exact(amount), email) for amount, email in cards.values_list("amount", "recipient_email")]


def price_of(cards: Iterable[GiftCardRequest]) -> Decimal:
    """The price of these gift cards together."""
    return sum((card.amount for card in cards), Decimal(0))


def rest_of(order: Order) -> Decimal:
    """What vouchers and gift cards leave to pay of an unpaid order; no statement if it uses none."""
    if not order.is_prepaid:
        return order.total
    reserved = Payment.objects.prepaid().filter(order=order, status=Payment.Status.PENDING)
    return order.total - exact(reserved.aggregate(sum=Sum("amount"))["sum"] or Decimal(0))


def _with_reserved(codes: Sequence[str], holds: Sequence[Hold]) -> QuerySet[GiftCardWithReserved]:
    amount = DecimalField(max_digits=10, decimal_places=2)
    own = Payment.objects.filter(gift_card=OuterRef("pk"), status=Payment.Status.PENDING)
    own = own.filter(order__tickets__hold=holds[0])
    sums = own.order_by().values("gift_card").annotate(sum=Sum("amount")).values("sum")
    cards = GiftCard.objects.filter(code__in=codes, activated_at__isnull=False).select_related("theatre")
    return cards.annotate(now=Now(), reserved=Coalesce(Subquery(sums), Value(0), output_field=amount))
