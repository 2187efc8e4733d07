"""Takings of a period: what came in and went back, by till, seller and tender, with tax, from the money ledger.

Money counts on the trading day on which it moved; beside it stands what the figures say, by the day of the show.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.exports import Cell, Sheet
from cinema.models import CounterAction, InvoicePayment, MoneyEntry, PaymentMode, Show, Theatre, TillSession, User
from cinema.selectors.money.counter_actions import ActionSum, actions_by_seller
from cinema.selectors.money.tills import TaxSum, sums_in

Kind = MoneyEntry.Kind
NOTHING = Decimal(0)


@dataclass
class TakingsLine:
    """What somebody has taken and paid out at a till in one tender; without a till on the website or by programs.

    ``mode`` is a PaymentMode, or the InvoicePayment.Way of what came for invoices, less what was reversed of it.
    """

    till: str
    mode: str
    seller: User | None = None
    number: int = 0
    amount: Decimal = NOTHING
    refunds: Decimal = NOTHING

    @property
    def tender(self) -> str:
        """The tender for people."""
        return str(dict([*InvoicePayment.Way.choices, *PaymentMode.choices]).get(self.mode, self.mode))

    @property
    def net(self) -> Decimal:
        return self.amount - self.refunds


@dataclass
class Takings:
    """The takings of a period. ``shows`` is what the figures say about the shows of these days; sessions that are still
    ``open`` make them provisional. ``rounding`` is the cash that came beside the lines. For it and ``gift_cards`` see
    tills.EntrySums.

    What is sold on invoice is in the ``lines``, under that tender; the money that came for invoices, perhaps of earlier
    days, is beside them in ``invoices``.
    """

    period: Period
    lines: list[TakingsLine] = field(default_factory=list)
    invoices: list[TakingsLine] = field(default_factory=list)
    taxes: list[TaxSum] = field(default_factory=list)
    rounding: Decimal = NOTHING
    gift_cards: Decimal = NOTHING
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
    """The takings of a theatre. Six statements, or seven."""
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
    """What these entries of the ledger, of this period, say of its takings. Three statements."""
    taxes, rounding, orders, gift_cards = sums_in(entries)
    lines, invoices = _lines(entries, orders)
    return Takings(period, lines, invoices, taxes=taxes, rounding=rounding, gift_cards=gift_cards)


def takings_sheet(theatre: Theatre, period: Period) -> Sheet:
    """A sheet with a line for each day, till, seller and tender, also of what came for invoices, and one for a day's
    rounding of cash."""
    return sheet_of(takings(theatre, Period(day, day)) for day in period.days)


def sheet_of(found: Iterable[Takings]) -> Sheet:
    """The sheet of takings that are of a day each."""
    header = [_("Day"), _("Till"), _("Seller"), _("Paid by"), _("Payments"), _("Received"), _("Refunded"), _("Net")]
    header.append(_("For invoices"))
    rows: list[list[Cell]] = []
    for of_day in found:
        day = of_day.period.start
        for line in of_day.lines:
            rows.append([*_who(day, line), line.number, line.amount, line.refunds, line.net, None])
        for line in of_day.invoices:
            rows.append([*_who(day, line), line.number, None, None, None, line.amount])
        if of_day.rounding:
            rows.append([day, "", "", _("Rounding of cash"), None, None, None, of_day.rounding, None])
    return Sheet(_("Takings"), header, rows)


def _who(day: date, line: TakingsLine) -> list[Cell]:
    return [day, line.till, str(line.seller or ""), line.tender]


def _lines(entries: QuerySet[MoneyEntry], orders: tuple[int, int]) -> tuple[list[TakingsLine], list[TakingsLine]]:
    """The lines of what was sold and refunded, and of what came for invoices. All are about payments of ``orders``,
    from the first key to the last: PostgreSQL then reads only these payments, not those of all years."""
    kinds = [Kind.CAPTURE, Kind.REFUND_PAID, Kind.REFUND_UNDONE, Kind.INVOICE_PAID, Kind.INVOICE_UNDONE]
    moves = entries.filter(kind__in=kinds, payment__order__gte=orders[0], payment__order__lte=orders[1])
    who = [
        *("till_session__till__name", "payment__mode", "payment__taken_by", "refund__paid_by"),
        *("invoice_payment__way", "invoice_payment__by"),
    ]
    rows = list(moves.order_by().values_list("kind", *who).annotate(number=Count("pk"), sum=Sum("amount")))
    people = User.objects.in_bulk({key for row in rows for key in (*row[3:5], row[6]) if key})
    lines: dict[tuple[str, int, str], TakingsLine] = {}
    invoices: dict[tuple[str, int, str], TakingsLine] = {}
    for kind, till, mode, taken_by, paid_by, way, entered_by, number, amount in rows:
        of_invoice = kind in (Kind.INVOICE_PAID, Kind.INVOICE_UNDONE)
        seller = (entered_by if of_invoice else taken_by if kind == Kind.CAPTURE else paid_by) or 0
        key = (till or "", seller, way if of_invoice else mode)
        line = (invoices if of_invoice else lines).setdefault(key, TakingsLine(key[0], key[2], people.get(seller)))
        match kind:
            case Kind.CAPTURE | Kind.INVOICE_PAID:
                line.number, line.amount = line.number + number, line.amount + exact(amount)
            case Kind.REFUND_PAID:
                line.refunds += exact(amount)
            case Kind.REFUND_UNDONE:
                line.refunds -= exact(amount)
            case Kind.INVOICE_UNDONE:
                line.amount -= exact(amount)
    return _sorted(lines), _sorted(invoices)


def _sorted(lines: Mapping[tuple[str, int, str], TakingsLine]) -> list[TakingsLine]:
    """By till, seller and tender; those without a till last."""
    return [lines[key] for key in sorted(lines, key=lambda key: (not key[0], *key))]
