"""Reads about vouchers for staff."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, DecimalField, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, TextChoices, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from cinema.domain.money import exact
from cinema.exports import Cell, Sheet
from cinema.models import Payment, Theatre, Voucher, VoucherBatch
from cinema.models.annotated import BatchWithFigures, VoucherNow
from cinema.models.codes import reference_in
from cinema.models.lookups import VoucherEnd
from cinema.models.vouchers import CODE_END, voucher_code_in

PER_PAGE = 50
CHUNK = 500
OVER = (Payment.Status.FAILED, Payment.Status.REFUNDED)  # of payments that no longer use their voucher


class State(TextChoices):
    """How a voucher stands. A used one is used, whatever was blocked since."""

    OPEN = "OPEN", pgettext_lazy("a voucher", "open")
    USED = "USED", pgettext_lazy("a voucher", "used")
    EXPIRED = "EXPIRED", pgettext_lazy("a voucher", "expired")
    BLOCKED = "BLOCKED", pgettext_lazy("a voucher", "blocked")


class BatchPage(NamedTuple):
    """Some batches, the newest first. The next page is ``before=older``; None on the last page."""

    batches: list[BatchWithFigures]
    older: int | None


class VoucherPage(NamedTuple):
    """Some vouchers of a batch in the order of their keys. The next page is ``after=more``; None on the last page."""

    vouchers: list[VoucherNow]
    more: int | None


class StateCount(NamedTuple):
    """How many vouchers of a batch stand so."""

    state: State
    number: int


def batches_at(theatre: Theatre, before: int | None = None) -> BatchPage:
    """The batches of the theatre and of all theatres, with how many are ``used`` and what they ``paid`` for."""
    batches = _with_figures(_visible(theatre))
    if before is not None:
        batches = batches.filter(pk__lt=before)
    found = list(batches.order_by("-pk")[: PER_PAGE + 1])
    return BatchPage(found[:PER_PAGE], found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None)


def batch_at(theatre: Theatre, pk: int) -> BatchWithFigures | None:
    """A batch of the theatre or of all theatres, or None."""
    return _with_figures(_visible(theatre)).filter(pk=pk).first()


def state_counts(batch: VoucherBatch, today: date) -> list[StateCount]:
    """How many vouchers of a batch are open, used, expired and blocked."""
    counts = {state: Count("pk", filter=_is(state, batch, today)) for state in State}
    found = batch.vouchers.aggregate(**{state.value: count for state, count in counts.items()})
    return [StateCount(state, found[state]) for state in State]


def vouchers_in(batch: VoucherBatch, today: date, state: str = "", after: int = 0) -> VoucherPage:
    """The vouchers of a batch, or those in a ``state``, with their ``uses`` as vouchers() loads them."""
    rows = vouchers().filter(batch=batch, pk__gt=after)
    if state in State:
        rows = rows.filter(_is(State(state), batch, today))
    found = list(rows.order_by("pk")[: PER_PAGE + 1])
    return VoucherPage(found[:PER_PAGE], found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None)


def voucher_at(theatre: Theatre, pk: int) -> VoucherNow | None:
    """A voucher of the theatre or of all theatres, as vouchers() loads it, or None."""
    return vouchers().filter(batch__in=_visible(theatre), pk=pk).first()


def find_vouchers(theatre: Theatre, query: str) -> list[VoucherNow]:
    """The vouchers of the theatre with this code or end of a code, or used by the order with this reference."""
    typed = "".join(sign for sign in query.upper() if sign.isalnum())
    way = Q(pk__in=Payment.objects.filter(order__reference=reference_in(query) or "-").values("voucher"))
    if code := voucher_code_in(query):
        way |= Q(code=code)
    elif len(typed) == CODE_END:
        way |= Q(pk__in=Voucher.objects.alias(last=VoucherEnd("code")).filter(last=typed).values("pk"))
    return list(vouchers().filter(way, batch__in=_visible(theatre)).order_by("-pk")[:PER_PAGE])


def vouchers() -> QuerySet[VoucherNow]:
    """All vouchers with their batch, ``now``, and ``uses``: the payment that uses each, if any, with its seat."""
    rows: QuerySet[Voucher] = Voucher.objects.select_related("batch__theatre").prefetch_related(_uses())
    return rows.annotate(now=Now())


def state_of(voucher: Voucher, today: date) -> State:
    """How a voucher, loaded with its batch, stands on a day at the theatre."""
    if voucher.used_at:
        return State.USED
    if voucher.blocked_at or voucher.batch.blocked_at:
        return State.BLOCKED
    return State.EXPIRED if voucher.last_day and voucher.last_day < today else State.OPEN


def voucher_sheet(batch: VoucherBatch, theatre: Theatre, today: date) -> Sheet:
    """A sheet with the codes of a batch, how each stands, and the order that it was used for."""
    header = [_("Code"), _("Last day"), _("Status"), _("Used on"), _("Order")]
    return Sheet(_("Vouchers"), header, _rows(batch, theatre, today))


def _rows(batch: VoucherBatch, theatre: Theatre, today: date) -> Iterator[list[Cell]]:
    for voucher in vouchers().filter(batch=batch).order_by("pk").iterator(chunk_size=CHUNK):
        used = voucher.used_at.astimezone(theatre.tz).date() if voucher.used_at else None
        order = voucher.uses[0].order.reference if voucher.uses else ""
        yield [voucher.groups, voucher.last_day, str(state_of(voucher, today).label), used, order]


def _uses() -> "Prefetch[str]":
    seats = ("order__theatre", "ticket_seat__ticket__show__movie", "ticket_seat__show_seat__seat")
    return Prefetch("payments", Payment.objects.exclude(status__in=OVER).select_related(*seats), to_attr="uses")


def _visible(theatre: Theatre) -> QuerySet[VoucherBatch]:
    return VoucherBatch.objects.filter(Q(theatre=theatre) | Q(theatre=None))


def _with_figures(batches: QuerySet[VoucherBatch]) -> QuerySet[BatchWithFigures]:
    amount = DecimalField(max_digits=12, decimal_places=2)
    own = Payment.objects.filter(voucher__batch=OuterRef("pk"), status=Payment.Status.SUCCESS).order_by()
    paid = own.values("voucher__batch").annotate(sum=Sum("amount")).values("sum")
    used = Voucher.objects.filter(batch=OuterRef("pk"), used_at__isnull=False).order_by()
    counts = used.values("batch").annotate(n=Count("pk")).values("n")
    rows = batches.select_related("theatre", "created_by")
    rows = rows.prefetch_related("movies", "categories", "ticket_types")
    return rows.annotate(
        now=Now(),
        used=Coalesce(Subquery(counts), 0),
        paid=Coalesce(Subquery(paid), Value(Decimal(0)), output_field=amount),
    )


def paid_by(batch: BatchWithFigures) -> Decimal:
    """The price of the seats that a batch has paid for, exactly: SQLite adds as floats."""
    return exact(batch.paid)


def _is(state: State, batch: VoucherBatch, today: date) -> Q:
    """The condition for vouchers of the batch that stand so."""
    used, blocked = Q(used_at__isnull=False), Q(blocked_at__isnull=False)
    if batch.blocked_at:
        blocked = Q(pk=F("pk"))
    over = Q(extended_until__lt=today)
    if batch.valid_until and batch.valid_until < today:
        over |= Q(extended_until=None)
    match state:
        case State.USED:
            return used
        case State.BLOCKED:
            return ~used & blocked
        case State.EXPIRED:
            return ~used & ~blocked & over
    return ~used & ~blocked & ~over
