"""Reads about gift cards."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Now

from cinema.domain.folding import typed_words
from cinema.domain.money import exact
from cinema.models import GiftCard, Order, OrderWord, Payment, Theatre
from cinema.models.annotated import GiftCardNow
from cinema.models.codes import reference_in
from cinema.models.gift_cards import CODE_END, gift_code_in
from cinema.models.lookups import CodeEnd

PER_PAGE = 50
MOST_WORDS = 8
LAST = "\U0010ffff"  # sorts after every other character


class GiftCardPage(NamedTuple):
    """Some gift cards, the newest first. The next page is ``before=older``; None on the last page."""

    cards: list[GiftCardNow]
    older: int | None


class CardMove(NamedTuple):
    """What an order took from a gift card (negative), or returned to it."""

    at: datetime
    amount: Decimal
    order: Order

    @property
    def spent(self) -> Decimal:
        return -self.amount


def sells_gift_cards() -> bool:
    """Whether this installation sells gift cards."""
    return bool(settings.GIFT_CARD_AMOUNTS and settings.PAYMENT_GATEWAYS)


def gift_cards() -> QuerySet[GiftCardNow]:
    """All gift cards with the theatre and the order that they were sold with, and ``now``, the database's clock."""
    cards: QuerySet[GiftCard] = GiftCard.objects.select_related("theatre", "order_line__order", "replaced_by")
    return cards.annotate(now=Now())


def gift_card_by_page(page_code: str) -> GiftCardNow | None:
    """The paid gift card whose page has this code, or None."""
    return gift_cards().filter(page_code=page_code, activated_at__isnull=False).first()


def gift_card_by_code(typed: str) -> GiftCardNow | None:
    """The paid gift card with this code, as its owner typed it, or None."""
    code = gift_code_in(typed)
    return gift_cards().filter(code=code, activated_at__isnull=False).first() if code else None


def gift_card_sold_with(order_id: int) -> GiftCardNow | None:
    """The gift card sold with an order, if any: the first of those that replace each other."""
    return gift_cards().filter(order_line__order=order_id).order_by("pk").first()


def uses_of(card: GiftCard) -> list[CardMove]:
    """What was spent of a card, and what came back, the latest first: by the card and those it has replaced."""
    chain = [card.pk]
    while earlier := GiftCard.objects.filter(replaced_by=chain[-1]).values_list("pk", flat=True).first():
        chain.append(earlier)
    payments = Payment.objects.filter(gift_card__in=chain).exclude(status=Payment.Status.FAILED)
    moves = []
    for payment in payments.select_related("order__theatre").prefetch_related("refunds"):
        moves.append(CardMove(payment.created_at, -payment.amount, payment.order))
        moves += [CardMove(refund.created_at, refund.amount, payment.order) for refund in payment.refunds.all()]
    return sorted(moves, key=lambda move: move.at, reverse=True)


def gift_card_of_order(theatre: Theatre, reference: str) -> GiftCardNow | None:
    """The newest gift card that the theatre sold with the order of this reference, or None."""
    cards = gift_cards().filter(theatre=theatre, order_line__order__reference=reference_in(reference) or "-")
    return cards.order_by("-pk").first()


def gift_card_at(theatre: Theatre, pk: int) -> GiftCardNow | None:
    """A gift card sold by the theatre, or None."""
    return gift_cards().filter(theatre=theatre, pk=pk).first()


def owed_on_gift_cards(theatre: Theatre) -> Decimal:
    """What is left on the gift cards that the theatre has sold."""
    balances = GiftCard.objects.filter(theatre=theatre, balance__gt=0)
    return exact(balances.aggregate(sum=Sum("balance"))["sum"] or Decimal(0))


def find_gift_cards(theatre: Theatre, query: str, before: int | None = None) -> GiftCardPage:
    """The gift cards sold by the theatre; with a ``query`` those with this end of the code, this reference of their
    order, this recipient's address, or whose buyer's name or address has all of its words."""
    cards = gift_cards().filter(theatre=theatre)
    if query.strip():
        cards = cards.filter(pk__in=_matches(theatre, query))
    if before is not None:
        cards = cards.filter(pk__lt=before)
    found = list(cards.order_by("-pk")[: PER_PAGE + 1])
    return GiftCardPage(found[:PER_PAGE], found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None)


def _matches(theatre: Theatre, query: str) -> QuerySet[GiftCard, Any]:
    """The keys of cards found in each way by its own index, all in one union."""
    here = GiftCard.objects.filter(theatre=theatre).order_by()
    typed = "".join(sign for sign in query.upper() if sign.isalnum())
    # The index of the addresses leaves out cards without one; SQLite uses it only if the query does, too.
    ways = [here.filter(~Q(recipient_email=""), recipient_email=query.strip().lower())]
    if reference := reference_in(query):
        ways.append(here.filter(order_line__order__reference=reference))
    if len(typed) == CODE_END or gift_code_in(query):
        ways.append(here.alias(last=CodeEnd("code")).filter(last=typed[-CODE_END:]))
    if words := typed_words(query)[:MOST_WORDS]:
        bought = here
        for word in words:
            begun = OrderWord.objects.filter(theatre=theatre, word__range=(word, word + LAST))
            bought = bought.filter(order_line__order__in=begun.values("order"))
        ways.append(bought)
    first, *others = (way.values("pk") for way in ways)
    return first.union(*others)
