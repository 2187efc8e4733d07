"""The tax report of a theatre: what was sold and refunded in a period, by tax rate and kind of order line.

It is read from the money ledger, so it agrees with the journal to the cent. A sale counts on the trading day on which
it was paid, and a refund on that on which it was recorded, whenever the show is: the distributor's report is by the
days of shows. A gift card is no sale: its owner is owed the money until it is used.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from cinema.domain.accounts import taxable
from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.models import MoneyEntry, OrderLine, Theatre

NOTHING = Decimal(0)


class Moved(NamedTuple):
    """What entries of a kind moved from the account ``credit`` to ``debit``."""

    kind: str
    debit: str
    credit: str
    amount: Decimal


class Taxed(NamedTuple):
    """An amount without tax, and its tax."""

    net: Decimal = NOTHING
    tax: Decimal = NOTHING

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    def plus(self, other: "Taxed") -> "Taxed":
        return Taxed(self.net + other.net, self.tax + other.tax)


class TaxLine(NamedTuple):
    """What was sold and refunded of a kind of order line at a rate. ``refunded`` is negative."""

    percent: Decimal | None
    kind: str
    sold: Taxed
    refunded: Taxed

    @property
    def rest(self) -> Taxed:
        return self.sold.plus(self.refunded)


class TaxReport(NamedTuple):
    """The lines by rate, the highest first, then by kind; and their sum, of no rate and kind."""

    period: Period
    lines: list[TaxLine]
    total: TaxLine


def tax_report(theatre: Theatre, period: Period, *, kinds: Collection[str] = OrderLine.Kind.values) -> TaxReport:
    """The taxes of the theatre in the period of trading days, of these kinds of order lines, in one statement."""
    return taxes_of(moved_in(theatre, period), period, kinds)


def moved_in(theatre: Theatre, period: Period) -> list[Moved]:
    """What was moved in the period, by kind and accounts, in one statement."""
    begins, ends = theatre.moments(period)
    entries = MoneyEntry.objects.filter(theatre=theatre, at__gte=begins, at__lt=ends).order_by()
    rows = entries.values_list("kind", "debit", "credit").annotate(moved=Sum("amount"))
    return [Moved(kind, debit, credit, exact(amount)) for kind, debit, credit, amount in rows]


def taxes_of(moved: Iterable[Moved], period: Period, kinds: Collection[str]) -> TaxReport:
    """The taxes in what was moved, of these kinds of order lines."""
    found: defaultdict[tuple[Decimal, str], list[Taxed]] = defaultdict(lambda: [Taxed(), Taxed()])
    for kind, debit, credit, amount in moved:
        for account, signed in ((credit, amount), (debit, -amount)):
            if (about := taxable(account)) and about.kind in kinds:
                part = Taxed(tax=signed) if about.is_tax else Taxed(net=signed)
                both, which = found[about.percent, about.kind], int(kind != MoneyEntry.Kind.SALE)
                both[which] = both[which].plus(part)
    order = sorted(found, key=lambda key: (-key[0], OrderLine.Kind.values.index(key[1])))
    lines = [TaxLine(percent, str(OrderLine.Kind(kind).label), *found[percent, kind]) for percent, kind in order]
    total = TaxLine(None, "", _sum(one.sold for one in lines), _sum(one.refunded for one in lines))
    return TaxReport(period, lines, total)


def _sum(amounts: Iterable[Taxed]) -> Taxed:
    total = Taxed()
    for one in amounts:
        total = total.plus(one)
    return total
