"""Coupons: add, change and end them. services.booking.coupons counts their uses."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone

from cinema.domain.discounts import fold_code
from cinema.exceptions import CouponCodeTaken, CouponUsedMore, UnknownTicketType
from cinema.models import AuditEvent, Coupon, Movie, Theatre, TicketType, User
from cinema.models.translations import Translations
from cinema.services.core.amounts import check_payable
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_coupons, lock_theatre
from cinema.services.core.transactions import atomically

PRICES = AuditEvent.Action.PRICES
Kind = Coupon.Kind


@dataclass(frozen=True, kw_only=True)
class CouponPlan:
    """The wanted content of a coupon; see the model. ``everywhere``: at all theatres. ``code`` "" if it needs none."""

    name: str
    name_translations: Translations = field(default_factory=dict)
    kind: str
    code: str = ""
    everywhere: bool = False
    value: Decimal = Decimal(0)
    buy: int = 0
    pay: int = 0
    weekdays: tuple[int, ...] = ()
    movie: Movie | None = None
    ticket_types: Collection[TicketType] = ()
    party: int = 1
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    most_uses: int | None = None
    most_per_person: int | None = None
    combinable: bool = False


def add_coupon(*, theatre: Theatre, plan: CouponPlan, user: User | None) -> Coupon:
    """Add a coupon of the theatre, or of all. Raises CouponCodeTaken, AmountTooPrecise, UnknownTicketType."""
    try:
        return _add(theatre=theatre, plan=plan, user=user)
    except IntegrityError as error:
        raise CouponCodeTaken(fold_code(plan.code)) from error  # added in another transaction at the same time


@atomically
def _add(*, theatre: Theatre, plan: CouponPlan, user: User | None) -> Coupon:
    lock_theatre(pk=theatre.pk)
    coupon = Coupon()
    _check(theatre, plan, coupon)
    _write(coupon, theatre, plan)
    note_edit(thing=coupon, action=PRICES, user=user, before={}, after=_plain(coupon), theatre=theatre)
    return coupon


@atomically
def change_coupon(*, theatre: Theatre, pk: int, plan: CouponPlan, version: int, user: User | None) -> Coupon:
    """Change a coupon of the theatre or of all; orders that have used it keep their discount.

    ``version`` is the one that was opened. Raises EditConflict, CouponUsedMore, what add_coupon() raises, and
    Coupon.DoesNotExist.
    """
    lock_theatre(pk=theatre.pk)
    coupon = _lock(theatre, pk)
    check_version(thing=coupon, seen=version)
    _check(theatre, plan, coupon)
    before = _plain(coupon)
    coupon.version += 1
    _write(coupon, theatre, plan)
    note_edit(thing=coupon, action=PRICES, user=user, before=before, after=_plain(coupon), theatre=theatre)
    return coupon


@atomically
def end_coupon(*, theatre: Theatre, pk: int, ended: bool, user: User | None) -> Coupon:
    """End a coupon at once, or take it again. Raises Coupon.DoesNotExist."""
    lock_theatre(pk=theatre.pk)
    coupon = _lock(theatre, pk)
    if ended != (coupon.ended_at is not None):
        coupon.ended_at = timezone.now() if ended else None
        coupon.version += 1
        coupon.save(update_fields=["ended_at", "version"])
        before, after = {"ended": not ended}, {"ended": ended}
        note_edit(thing=coupon, action=PRICES, user=user, before=before, after=after, theatre=theatre)
    return coupon


def _lock(theatre: Theatre, pk: int) -> Coupon:
    coupons = lock_coupons(Q(theatre=theatre) | Q(theatre=None), pk=pk)
    if not coupons:
        raise Coupon.DoesNotExist
    return coupons[0]


def _check(theatre: Theatre, plan: CouponPlan, coupon: Coupon) -> None:
    code = fold_code(plan.code)
    if code and Coupon.objects.filter(code=code).exclude(pk=coupon.pk).exists():
        raise CouponCodeTaken(code)
    if plan.most_uses is not None and plan.most_uses < coupon.used:
        raise CouponUsedMore(coupon.used)
    if any(kind.theatre_id != theatre.pk or plan.everywhere for kind in plan.ticket_types):
        raise UnknownTicketType
    money = [] if plan.kind == Kind.PERCENT else [plan.value]
    check_payable(*money, plan.minimum, plan.maximum or Decimal(0))


def _write(coupon: Coupon, theatre: Theatre, plan: CouponPlan) -> None:
    values = {name: getattr(plan, name) for name in asdict(plan) if name not in ("everywhere", "ticket_types")}
    values |= {"code": fold_code(plan.code) or None, "weekdays": sorted(plan.weekdays)}
    values["theatre"] = None if plan.everywhere else theatre
    for name, value in values.items():
        setattr(coupon, name, value)
    coupon.save()
    coupon.ticket_types.set(plan.ticket_types)
    if coupon.code is None:
        theatres = Theatre.objects.all() if plan.everywhere else Theatre.objects.filter(pk=theatre.pk)
        theatres.filter(has_automatic_coupons=False).update(has_automatic_coupons=True)


def _plain(coupon: Coupon) -> dict[str, Any]:
    """The content of the coupon as texts, for edit conflicts and for the audit trail."""
    fresh = Coupon.objects.select_related("movie", "theatre").get(pk=coupon.pk)
    numbers = ("buy", "pay", "party", "most_uses", "most_per_person")
    return {
        "name": fresh.name,
        "name_translations": fresh.name_translations,
        "code": fresh.code or "",
        "theatre": str(fresh.theatre or "*"),
        "kind": fresh.kind,
        "value": f"{fresh.value:.2f}",
        "minimum": f"{fresh.minimum:.2f}",
        "maximum": "" if fresh.maximum is None else f"{fresh.maximum:.2f}",
        "movie": str(fresh.movie or ""),
        "ticket_types": [kind.name for kind in fresh.ticket_types.order_by("rank")],
        "weekdays": "/".join(map(str, fresh.weekdays)),
        "valid_from": str(fresh.valid_from or ""),
        "valid_until": str(fresh.valid_until or ""),
        "combinable": fresh.combinable,
        **{name: getattr(fresh, name) for name in numbers},
    }
