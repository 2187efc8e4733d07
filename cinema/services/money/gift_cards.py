"""Gift cards: what becomes of them once they are paid for. Selling them is in gift_card_orders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models.functions import Now

from cinema.domain.periods import months_after
from cinema.exceptions import GiftCardNotReturnable, GiftCardReplaced, GiftCardUnpaid
from cinema.models import Dispute, GiftCard, Order, Payment, Theatre, User
from cinema.models.codes import new_code
from cinema.models.gift_cards import new_gift_code
from cinema.services.core import audit
from cinema.services.core.locking import lock_gift_cards
from cinema.services.core.outbox import Kind, post
from cinema.services.core.transactions import atomically, try_each

UNPAID_FOR = timedelta(days=1)  # until an order that nobody pays has expired; money that comes later still counts
AT_ONCE = 500


def activate_gift_cards(*, cards: Sequence[GiftCard], order: Order, at: datetime, notify: bool) -> None:
    """Make the locked cards of an order that has been paid good for their amounts, and mail them when they are due.

    GIFT_CARD_MONTHS count from the day on which a card is mailed, which may be a year ahead.
    """
    for card in cards:
        card.activated_at, card.balance = at, card.amount
        if settings.GIFT_CARD_MONTHS:
            first = max(at, card.deliver_at).astimezone(card.theatre.tz).date()
            card.expires_on = months_after(first, settings.GIFT_CARD_MONTHS)
        card.save(update_fields=["activated_at", "balance", "expires_on"])
        if notify:
            post(kind=Kind.GIFT_CARD_BOUGHT, about=card)
        if card.deliver_at <= at:
            _deliver(card, at, notify=notify)
    order.status = Order.Status.PAID
    order.save(update_fields=["status"])


def deliver_gift_cards() -> int:
    """Mail the gift cards whose day has come; return how many."""
    due = GiftCard.objects.filter(delivered_at=None, activated_at__isnull=False, deliver_at__lte=Now())
    due = due.filter(blocked_at=None).order_by("deliver_at")
    return try_each(lambda pk: _deliver_due(pk=pk), list(due.values_list("pk", flat=True)[:AT_ONCE]))


@atomically
def _deliver_due(*, pk: int) -> bool:
    cards = lock_gift_cards(pk=pk, delivered_at=None, blocked_at=None)
    for card in cards:
        _deliver(card, Now())
    return bool(cards)


def _deliver(card: GiftCard, at: datetime | Now, *, notify: bool = True) -> None:
    card.delivered_at = at
    card.save(update_fields=["delivered_at"])
    if card.recipient_email and notify:
        post(kind=Kind.GIFT_CARD, about=card)


def expire_unpaid_gift_cards() -> int:
    """Let orders of gift cards expire that nobody has paid for; return how many. Late money still activates them."""
    unpaid = GiftCard.objects.filter(activated_at=None, created_at__lt=Now() - UNPAID_FOR)
    orders = Order.objects.filter(status=Order.Status.OPEN, lines__gift_cards__in=unpaid, tickets=None)
    keys = list(orders.values_list("pk", flat=True)[:AT_ONCE])
    return Order.objects.filter(pk__in=keys, status=Order.Status.OPEN).update(status=Order.Status.EXPIRED)


def take_back_gift_cards(*, order: Order, amount: Decimal, at: datetime) -> None:
    """Block the gift cards of an order whose buyer gets ``amount`` back, and take as much as is left off them."""
    for card in lock_gift_cards(order_line__order=order, replaced_by=None):
        amount -= take_back(card=card, most=amount, at=at)


def take_back(*, card: GiftCard, most: Decimal, at: datetime) -> Decimal:
    """Block a locked gift card and take its balance, but no more than ``most``; return the amount taken."""
    taken = min(most, card.balance)
    card.balance, card.returned = card.balance - taken, card.returned + taken
    card.blocked_at = card.blocked_at or at
    card.save(update_fields=["balance", "returned", "blocked_at"])
    return taken


def block_disputed_gift_cards(*, dispute: Dispute) -> None:
    """Block the gift cards that a disputed payment has bought, until it is won; a lost dispute blocks them for good.

    A card that a dispute has blocked is blocked since the moment at which that was opened; what staff have blocked
    stays blocked.
    """
    disputes = list(Dispute.objects.filter(payment__order=dispute.payment.order_id))
    is_over = all(one.status == Dispute.Status.WON for one in disputes)
    for card in lock_gift_cards(order_line__order=dispute.payment.order_id, replaced_by=None):
        if not is_over:
            card.blocked_at = card.blocked_at or dispute.opened_at
        elif card.blocked_at in [one.opened_at for one in disputes]:
            card.blocked_at = None
        card.save(update_fields=["blocked_at"])


@atomically
def block_gift_card(*, theatre: Theatre, pk: int, blocked: bool, user: User) -> GiftCard:
    """Block a gift card of the theatre, so that nobody can pay with it, or unblock it. A second click changes nothing.

    Raises GiftCardUnpaid, GiftCardReplaced, GiftCard.DoesNotExist.
    """
    card = _lock(theatre, pk)
    if blocked != (card.blocked_at is not None):
        card.blocked_at = Now() if blocked else None
        card.save(update_fields=["blocked_at"])
        card.refresh_from_db(fields=["blocked_at"])
        audit.note(action=audit.Action.GIFT_CARD, user=user, subject=card, theatre=theatre, blocked=blocked)
    return card


@atomically
def replace_gift_card(*, theatre: Theatre, pk: int, email: str, user: User) -> GiftCard:
    """Block a gift card of the theatre that was lost, and mail another one with its balance to ``email``; return that.

    Raises GiftCardUnpaid, GiftCardReplaced, GiftCard.DoesNotExist and, if its payment was refunded or is disputed,
    GiftCardNotReturnable.
    """
    card = _lock(theatre, pk)
    payments = Payment.objects.filter(order__lines__gift_cards=card)
    disputes = Dispute.objects.filter(payment__in=payments).exclude(status=Dispute.Status.WON)
    is_kept = payments.filter(status__in=Payment.KEPT).exists()
    if card.returned == card.amount or not is_kept or disputes.exists():
        raise GiftCardNotReturnable(card.amount, card.amount)
    new = GiftCard.objects.get(pk=pk)
    new.pk, new.code, new.page_code, new._state.adding = None, new_gift_code(), new_code(), True
    new.amount, new.returned = card.amount - card.returned, Decimal(0)
    new.blocked_at, new.contacts_erased_at, new.recipient_email = None, None, email
    new.save(force_insert=True)
    card.replaced_by, card.balance, card.blocked_at = new, 0, card.blocked_at or Now()
    card.save(update_fields=["replaced_by", "balance", "blocked_at"])
    new.delivered_at = Now()
    new.save(update_fields=["delivered_at"])
    post(kind=Kind.GIFT_CARD, about=new, replaces=True)
    audit.note(action=audit.Action.GIFT_CARD, user=user, subject=card, theatre=theatre, replaced_by=str(new))
    return new


def _lock(theatre: Theatre, pk: int) -> GiftCard:
    cards: list[GiftCard] = [*lock_gift_cards(theatre=theatre, pk=pk)]
    if not cards:
        raise GiftCard.DoesNotExist
    [card] = cards
    if card.replaced_by_id:
        raise GiftCardReplaced
    if card.activated_at is None:
        raise GiftCardUnpaid
    return card
