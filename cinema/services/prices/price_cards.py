"""Price cards: the prices of shows that are yet to be published. services.prices.repricing updates published ones."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import time
from decimal import Decimal

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from cinema.exceptions import PlainPriceMissing, PriceNameTaken, PriceTooHigh, UnknownCategory, UnknownTicketType
from cinema.models import AuditEvent, Price, PriceAdjustment, PriceCard, Theatre, TicketType, User
from cinema.services.core.amounts import check_payable
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_price_cards, lock_theatre
from cinema.services.core.transactions import atomically

PRICES = AuditEvent.Action.PRICES
MOST = Decimal(1_000_000)  # for a seat with all surcharges, so that the sum of a full order fits into its column


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """A surcharge or, if negative, a reduction; see the model PriceAdjustment."""

    name: str
    amount: Decimal
    weekdays: tuple[int, ...] = ()
    from_time: time | None = None
    until_time: time | None = None
    format: str = ""
    category_id: int | None = None
    ticket_type_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CardPlan:
    """The wanted content of a price card.

    ``prices`` is keyed by seat category and ticket type (primary keys); a missing combination is not sold.
    """

    name: str
    prices: Mapping[tuple[int, int], Decimal]
    adjustments: Sequence[Adjustment] = ()


@atomically
def add_card(*, theatre: Theatre, plan: CardPlan, user: User | None) -> PriceCard:
    """Add a price card.

    Raises PriceNameTaken, PlainPriceMissing, PriceTooHigh, AmountTooPrecise, UnknownCategory, UnknownTicketType.
    """
    lock_theatre(pk=theatre.pk)
    _check(theatre, plan)
    card = PriceCard.objects.create(theatre=theatre, name=plan.name)
    _write(card, plan)
    note_edit(thing=card, action=PRICES, user=user, before={}, after=_said(card), theatre=theatre)
    return card


@atomically
def change_card(*, theatre: Theatre, card_id: int, plan: CardPlan, version: int, user: User | None) -> PriceCard:
    """Change a price card. Published shows keep their prices.

    ``version`` is the one that was opened. Prices of retired ticket types are kept. Raises EditConflict, what
    add_card() raises, and PriceCard.DoesNotExist.
    """
    lock_theatre(pk=theatre.pk)
    lock_price_cards([card_id])
    card = PriceCard.objects.get(theatre=theatre, pk=card_id)
    check_version(thing=card, seen=version)
    _check(theatre, plan, card)
    before = _said(card)
    card.name, card.version = plan.name, card.version + 1
    card.save(update_fields=["name", "version"])
    card.prices.filter(ticket_type__retired_at=None).delete()
    card.adjustments.exclude(ticket_type__retired_at__isnull=False).delete()
    _write(card, plan)
    after = dict.fromkeys(before) | _said(card)
    note_edit(thing=card, action=PRICES, user=user, before=before, after=after, theatre=theatre)
    return card


@atomically
def retire_card(*, theatre: Theatre, card_id: int, retired: bool, user: User | None) -> PriceCard:
    """Retire a price card, so that it is no longer offered for new shows, or bring it back. Shows that have it keep it.

    Raises PriceCard.DoesNotExist.
    """
    lock_theatre(pk=theatre.pk)
    card = PriceCard.objects.get(theatre=theatre, pk=card_id)
    if retired != (card.retired_at is not None):
        card.retired_at = timezone.now() if retired else None
        card.version += 1
        card.save(update_fields=["retired_at", "version"])
        before, after = {"retired": not retired}, {"retired": retired}
        note_edit(thing=card, action=PRICES, user=user, before=before, after=after, theatre=theatre)
    return card


def _check(theatre: Theatre, plan: CardPlan, card: PriceCard | None = None) -> None:
    others = PriceCard.objects.filter(theatre=theatre, name__iexact=plan.name)
    if (others.exclude(pk=card.pk) if card else others).exists():
        raise PriceNameTaken(plan.name)
    categories = {category.pk: category.name for category in theatre.seat_categories.order_by("rank")}
    kinds = {kind.pk: kind for kind in theatre.ticket_types.filter(retired_at=None).order_by("rank")}
    named = [(a.category_id, a.ticket_type_id) for a in plan.adjustments]
    if {category for category, _kind in [*plan.prices, *named]} - {*categories, None}:
        raise UnknownCategory
    if {kind for _category, kind in [*plan.prices, *named]} - {*kinds, None}:
        raise UnknownTicketType
    _check_plain(next(iter(kinds.values()), None), categories, plan)
    check_payable(*plan.prices.values(), *(adjustment.amount for adjustment in plan.adjustments))
    more = sum(max(adjustment.amount, Decimal(0)) for adjustment in plan.adjustments)
    if max(plan.prices.values(), default=Decimal(0)) + more > MOST:
        raise PriceTooHigh(MOST)


def _check_plain(plain: TicketType | None, categories: Mapping[int, str], plan: CardPlan) -> None:
    missing = [name for pk, name in categories.items() if not plain or (pk, plain.pk) not in plan.prices]
    if missing:
        raise PlainPriceMissing(plain.name if plain else _("Adult"), missing)


def _write(card: PriceCard, plan: CardPlan) -> None:
    Price.objects.bulk_create(
        Price(card=card, category_id=category, ticket_type_id=kind, amount=amount)
        for (category, kind), amount in plan.prices.items()
    )
    PriceAdjustment.objects.bulk_create(
        PriceAdjustment(card=card, **asdict(adjustment) | {"weekdays": list(adjustment.weekdays)})
        for adjustment in plan.adjustments
    )


def _said(card: PriceCard) -> dict[str, object]:
    """The content of the card as texts, for edit conflicts and for the audit trail."""
    card = PriceCard.objects.get(pk=card.pk)
    prefetch_related_objects(
        [card], "prices__ticket_type", "prices__category", "adjustments__category", "adjustments__ticket_type"
    )
    prices = {f"{price.category} · {price.ticket_type}": f"{price.amount:.2f}" for price in card.prices.all()}
    extra = [", ".join(filter(None, [f"{a.name} {a.amount:+.2f}", *_where(a)])) for a in card.adjustments.all()]
    return {"name": card.name, "surcharges": extra, **prices}


def _where(adjustment: PriceAdjustment) -> list[str]:
    times = [f"{at:%H:%M}" if at else "" for at in (adjustment.from_time, adjustment.until_time)]
    return [
        "/".join(map(str, adjustment.weekdays)),
        "–".join(times) if any(times) else "",
        adjustment.format,
        str(adjustment.category or ""),
        str(adjustment.ticket_type or ""),
    ]
