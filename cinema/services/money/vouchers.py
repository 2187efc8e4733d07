"""Vouchers: issue a batch, block it or one of them. services.booking.vouchers uses them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.db.models.functions import Now

from cinema.exceptions import UnknownCategory, UnknownTicketType
from cinema.models import Movie, SeatCategory, Theatre, TicketType, User, Voucher, VoucherBatch
from cinema.services.core import audit
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_vouchers
from cinema.services.core.transactions import atomically

AT_ONCE = 500  # rows in a statement


@dataclass(frozen=True, kw_only=True)
class VoucherPlan:
    """The wanted content of a batch of vouchers; see the model. ``everywhere``: at all theatres."""

    name: str
    number: int
    key: str = ""
    issued_to: str = ""
    face_value: Decimal = Decimal(0)
    everywhere: bool = False
    categories: Collection[SeatCategory] = ()
    ticket_types: Collection[TicketType] = ()
    movies: Collection[Movie] = ()
    weekdays: tuple[int, ...] = ()
    from_time: time | None = None
    until_time: time | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def issue_vouchers(*, theatre: Theatre, plan: VoucherPlan, user: User | None) -> VoucherBatch:
    """Issue a batch of vouchers of the theatre, or of all; with the key of another one, return that.

    Raises AmountTooPrecise, UnknownCategory, UnknownTicketType.
    """
    try:
        return _earlier(plan) or _issue(theatre=theatre, plan=plan, user=user)
    except IntegrityError:
        if earlier := _earlier(plan):  # issued by another click at the same time
            return earlier
        raise


def _earlier(plan: VoucherPlan) -> VoucherBatch | None:
    return VoucherBatch.objects.filter(key=plan.key).first() if plan.key else None


@atomically
def _issue(*, theatre: Theatre, plan: VoucherPlan, user: User | None) -> VoucherBatch:
    check_payable(plan.face_value)
    if any(one.theatre_id != theatre.pk or plan.everywhere for one in plan.categories):
        raise UnknownCategory
    if any(one.theatre_id != theatre.pk or plan.everywhere for one in plan.ticket_types):
        raise UnknownTicketType
    same = ("name", "key", "issued_to", "number", "face_value", "from_time", "until_time", "valid_from", "valid_until")
    batch = VoucherBatch.objects.create(
        theatre=None if plan.everywhere else theatre,
        weekdays=sorted(plan.weekdays),
        created_by=user,
        created_at=Now(),
        **{name: getattr(plan, name) for name in same},
    )
    batch.categories.set(plan.categories)
    batch.ticket_types.set(plan.ticket_types)
    batch.movies.set(plan.movies)
    Voucher.objects.bulk_create((Voucher(batch=batch) for _ in range(plan.number)), batch_size=AT_ONCE)
    value = f"{plan.face_value:.2f}"
    _note(theatre, user, batch, issued=plan.number, face_value=value, everywhere=plan.everywhere)
    return batch


@atomically
def block_batch(*, theatre: Theatre, pk: int, blocked: bool, user: User) -> None:
    """Block all vouchers of a batch, or unblock those that are not blocked by themselves.

    A second click changes nothing. Raises VoucherBatch.DoesNotExist.
    """
    batch = VoucherBatch.objects.get(Q(theatre=theatre) | Q(theatre=None), pk=pk)
    same = VoucherBatch.objects.filter(pk=pk, blocked_at__isnull=blocked)
    if same.update(blocked_at=Now() if blocked else None):
        _note(theatre, user, batch, blocked=blocked)


@atomically
def block_voucher(*, theatre: Theatre, pk: int, blocked: bool, user: User) -> None:
    """Block a voucher, or unblock it. A second click changes nothing. Raises Voucher.DoesNotExist."""
    found = [one for one in lock_vouchers(pk=pk) if one.batch.theatre_id in (None, theatre.pk)]
    if not found:
        raise Voucher.DoesNotExist
    [voucher] = found
    if blocked != (voucher.blocked_at is not None):
        voucher.blocked_at = voucher.now if blocked else None
        voucher.save(update_fields=["blocked_at"])
        _note(theatre, user, voucher.batch, voucher=str(voucher), blocked=blocked)


def _note(theatre: Theatre, user: User | None, batch: VoucherBatch, **details: Any) -> None:
    audit.note(action=audit.Action.VOUCHERS, user=user, subject=batch, theatre=theatre, **details)
