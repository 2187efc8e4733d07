"""Takings of a period: what came in and went back, by till, seller and tender, with tax, from the money ledger.

Money counts on the trading day on which it moved; beside it stands what the figures say, by the day of the show.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.exports import Cell, Sheet
from cinema.models import CounterAction, MoneyEntry, PaymentMode, Show, Theatre, TillSession, User
from cinema.selectors.money.counter_actions import ActionSum, actions_by_seller
from cinema.selectors.money.tills import TaxSum, rounding_in, taxes_in

Kind = MoneyEntry.Kind
NOTHING = Decimal(0)


@dataclass
class TakingsLine:
    """What somebody has taken and paid out at a till in one tender; without a till on the website or by programs."""

    till: str
    mode: str
    seller: User | None = None
    number: int = 0
    amount: Decimal = NOTHING
    refunds: Decimal = NOTHING

    @property
    def tender(self) -> str:
        """The tender for people."""
        return str(dict(PaymentMode.choices).get(self.mode, self.mode))

    @property
    def net(self) -> Decimal:
        return self.amount - self.refunds


@dataclass
class Takings:
    """The takings of a period. ``shows`` is what the figures say about the shows of these days; sessions that are still
    ``open`` make them provisional. ``rounding`` is the cash that came beside the lines: see tills.rounding_in()."""

    period: Period
    lines: list[TakingsLine] = field(default_factory=list)
    taxes: list[TaxSum] = field(default_factory=list)
    rounding: Decimal = NOTHING
    shows: Decimal = NOTHING
    open: list[TillSession] = field(default_factory=list)
    actions: list[ActionSum] = field(default_factory=list)

    @property
    def total(self) -> TakingsLine:
        """The sum of all lines."""
        total = TakingsLine("", "")
        for line in self.lines:
            total.number += line.number
            total.amount += line.amount
            total.refunds += line.refunds
        return total


def takings(theatre: Theatre, period: Period) -> Takings:
    """The takings of a theatre. Seven statements, or eight."""
    begins, ends = theatre.moments(period)
    report = takings_in(MoneyEntry.objects.filter(theatre=theatre, at__gte=begins, at__lt=ends), period)
    shows = Show.objects.filter(screen__theatre=theatre, trading_day__gte=period.start, trading_day__lte=period.end)
    still_open = TillSession.objects.filter(theatre=theatre, closed_at=None, opened_at__lt=ends)
    actions = CounterAction.objects.filter(order__theatre=theatre, at__gte=begins, at__lt=ends)
    report.shows = exact(shows.aggregate(sum=Sum("revenue"))["sum"] or NOTHING)
    report.open = list(still_open.select_related("till").order_by("opened_at"))
    report.actions = actions_by_seller(actions)
    return report


def takings_in(entries: QuerySet[MoneyEntry], period: Period) -> Takings:
    """What these entries of the ledger, of this period, say of its takings. Four statements."""
    return Takings(period, lines=_lines(entries), taxes=list(taxes_in(entries)), rounding=rounding_in(entries))


def takings_sheet(theatre: Theatre, period: Period) -> Sheet:
    """A sheet with a line for each day, till, seller and tender, and one for a day's rounding of cash."""
    return sheet_of(takings(theatre, Period(day, day)) for day in period.days)


def sheet_of(found: Iterable[Takings]) -> Sheet:
    """The sheet of takings that are of a day each."""
    header = [_("Day"), _("Till"), _("Seller"), _("Paid by"), _("Payments"), _("Received"), _("Refunded"), _("Net")]
    rows: list[list[Cell]] = []
    for of_day in found:
        day = of_day.period.start
        rows += (
            [day, line.till, str(line.seller or ""), line.tender, line.number, line.amount, line.refunds, line.net]
            for line in of_day.lines
        )
        if of_day.rounding:
            rows.append([day, "", "", _("Rounding of cash"), None, None, None, of_day.rounding])
    return Sheet(_("Takings"), header, rows)


def _lines(entries: QuerySet[MoneyEntry]) -> list[TakingsLine]:
    moves = entries.filter(kind__in=[Kind.CAPTURE, Kind.REFUND_PAID, Kind.REFUND_UNDONE], payment__isnull=False)
    who = ("till_session__till__name", "payment__mode", "payment__taken_by", "refund__paid_by")
    rows = list(moves.order_by().values_list("kind", *who).annotate(number=Count("pk"), sum=Sum("amount")))
    people = User.objects.in_bulk({key for row in rows for key in row[3:5] if key})
    lines: dict[tuple[str, int, str], TakingsLine] = {}
    for kind, till, mode, taken_by, paid_by, number, amount in rows:
        seller = (taken_by if kind == Kind.CAPTURE else paid_by) or 0
        key = (till or "", seller, mode)
        line = lines.setdefault(key, TakingsLine(till or "", mode, people.get(seller)))
        match kind:
            case Kind.CAPTURE:
                line.number, line.amount = line.number + number, line.amount + exact(amount)
            case Kind.REFUND_PAID:
                line.refunds += exact(amount)
            case Kind.REFUND_UNDONE:
                line.refunds -= exact(amount)
    return [lines[key] for key in sorted(lines, key=lambda key: (not key[0], *key))]
