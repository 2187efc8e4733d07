"""The report on booking fees, and on the discounts that a theatre gave in a period, by coupon.

A discount counts on the day on which its order was paid. When seats are refunded, their share of it is taken back as
the credit note says, on the day of the refund; that of a free order when its ticket is cancelled. So the full prices of
what was sold and refunded, less the discounts, are what the money ledger and the tax report have for seats.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from cinema.domain.accounts import PROVIDER_FEES, provider_fees
from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.models import Coupon, MoneyEntry, OrderLine, Receipt, ReceiptLine, Theatre, Ticket
from cinema.selectors.figures.taxes import TaxReport, moved_in, taxes_of

NOTHING = Decimal(0)
Moments = tuple[datetime, datetime]


class DiscountLine(NamedTuple):
    """What a coupon took off ``orders``, and what of that was taken back, which is negative; or the sums (None).

    An order with several coupons is one of each.
    """

    coupon: Coupon | None
    orders: int = 0
    given: Decimal = NOTHING
    taken_back: Decimal = NOTHING

    @property
    def rest(self) -> Decimal:
        return self.given + self.taken_back


class ProviderFeeLine(NamedTuple):
    """What a payment provider charged for the theatre's payments."""

    gateway: str
    amount: Decimal


class FeeReport(NamedTuple):
    """Booking fees, with their tax as in the tax report; and what providers charged."""

    booking: TaxReport
    providers: list[ProviderFeeLine]


class DiscountReport(NamedTuple):
    """The coupons by name, and their sum."""

    period: Period
    lines: list[DiscountLine]
    total: DiscountLine


def fee_report(theatre: Theatre, period: Period) -> FeeReport:
    """The fees of the theatre in the period, in one statement."""
    moved = moved_in(theatre, period)
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for kind, debit, credit, amount in moved:
        for account, signed in ((debit, amount), (credit, -amount)):
            if kind == MoneyEntry.Kind.PROVIDER_FEE and account.startswith(provider_fees("")):
                sums[account.removeprefix(f"{PROVIDER_FEES}:")] += signed
    providers = [ProviderFeeLine(gateway, sums[gateway]) for gateway in sorted(sums)]
    return FeeReport(taxes_of(moved, period, [OrderLine.Kind.FEE]), providers)


def discount_report(theatre: Theatre, period: Period) -> DiscountReport:
    """The discounts of the theatre in the period, in six statements."""
    moments = theatre.moments(period)
    orders = defaultdict[int, int](int)
    given, back = defaultdict[int, Decimal](Decimal), defaultdict[int, Decimal](Decimal)
    for coupon, number, amount in _given(theatre, moments):
        orders[coupon] = number
        given[coupon] += amount
    for coupon, amount in _lost(theatre, moments):
        given[coupon] += amount
    for coupon, amount in (*_credited(theatre, moments), *_free(theatre, moments), *_free_by_several(theatre, moments)):
        back[coupon] += amount
    coupons = Coupon.objects.filter(pk__in=given.keys() | back.keys()).order_by("name", "pk")
    lines = [DiscountLine(one, orders[one.pk], given[one.pk], back[one.pk]) for one in coupons]
    total = DiscountLine(
        None,
        sum(line.orders for line in lines),
        sum((line.given for line in lines), NOTHING),
        sum((line.taken_back for line in lines), NOTHING),
    )
    return DiscountReport(period, lines, total)


def _given(theatre: Theatre, moments: Moments) -> Iterator[tuple[int, int, Decimal]]:
    """What each coupon took off the orders that were paid then, and how many these are."""
    paid = Ticket.objects.filter(order=OuterRef("order"), confirmed_at__gte=moments[0], confirmed_at__lt=moments[1])
    lines = OrderLine.objects.filter(Exists(paid), coupon__isnull=False, order__theatre=theatre).order_by()
    for coupon, number, amount in lines.values_list("coupon").annotate(Count("order", distinct=True), Sum("amount")):
        yield coupon, number, -exact(amount)


def _credited(theatre: Theatre, moments: Moments) -> Iterator[tuple[int, Decimal]]:
    """What credit notes took back for refunds of then; negative."""
    refunds = Q(receipt__refund__created_at__gte=moments[0], receipt__refund__created_at__lt=moments[1])
    yield from _noted(theatre, refunds & Q(receipt__refund__ticket__confirmed_at__isnull=False))


def _lost(theatre: Theatre, moments: Moments) -> Iterator[tuple[int, Decimal]]:
    """What was not given of the discounts of orders that were paid then, for tickets that could not be booked."""
    paid = Ticket.objects.filter(confirmed_at__gte=moments[0], confirmed_at__lt=moments[1])
    lost = Q(receipt__refund__ticket__isnull=False, receipt__refund__ticket__confirmed_at=None)
    yield from _noted(theatre, lost & Q(Exists(paid.filter(order=OuterRef("receipt__order")))))


def _noted(theatre: Theatre, which: Q) -> Iterator[tuple[int, Decimal]]:
    lines = ReceiptLine.objects.filter(which, receipt__theatre=theatre, receipt__kind=Receipt.Kind.CREDIT_NOTE)
    discounts = lines.filter(order_line__coupon__isnull=False).order_by().values_list("order_line__coupon")
    for coupon, amount in discounts.annotate(sum=Sum("amount")):
        yield coupon, -exact(amount)


def _free(theatre: Theatre, moments: Moments) -> Iterator[tuple[int, Decimal]]:
    """The prices of the seats of free orders whose tickets were cancelled then; negative. No refund, no credit note."""
    ended = Q(ticket_seat__ticket__cancelled_at__gte=moments[0], ticket_seat__ticket__cancelled_at__lt=moments[1])
    used = OrderLine.objects.filter(order=OuterRef("order"), coupon__isnull=False).order_by("pk")
    seats = OrderLine.objects.filter(ended, order__theatre=theatre, order__total=0, amount__gt=0).order_by()
    seats = seats.exclude(Exists(used.filter(cuts__isnull=False)))
    by_coupon = seats.annotate(gave=Subquery(used.values("coupon")[:1])).values_list("gave")
    for coupon, amount in by_coupon.annotate(sum=Sum("amount")):
        if coupon:
            yield coupon, -exact(amount)


def _free_by_several(theatre: Theatre, moments: Moments) -> Iterator[tuple[int, Decimal]]:
    """The same of free orders with several coupons: what each of them took off these seats."""
    ended = Q(ticket_seat__ticket__cancelled_at__gte=moments[0], ticket_seat__ticket__cancelled_at__lt=moments[1])
    several = OrderLine.objects.filter(order=OuterRef("order"), cuts__isnull=False)
    seats = OrderLine.objects.filter(ended, Exists(several), order__theatre=theatre, order__total=0)
    lines = OrderLine.objects.filter(order__in=seats.values("order")).order_by("order", "pk")
    rows = lines.values_list("order", "coupon", "cuts", "kind", "ticket_seat__ticket__cancelled_at")
    for _order, group in groupby(rows.iterator(), itemgetter(0)):
        sold: list[datetime | None] = []  # when each seat was cancelled; seats come before discounts
        for _key, coupon, cuts, kind, cancelled_at in group:
            if kind == OrderLine.Kind.SEAT:
                sold.append(cancelled_at)
            for at, cut in zip(sold, cuts or (), strict=False):
                if at and moments[0] <= at < moments[1]:
                    yield coupon, -Decimal(cut)
