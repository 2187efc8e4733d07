"""Trading days that are closed: what their reports cover, their figures by the ledger, and what keeps one open."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from cinema.domain.accounts import DRAWER_VARIANCE
from cinema.domain.money import exact
from cinema.domain.periods import Period
from cinema.exports import Cell, Sheet
from cinema.models import CounterAction, DayReport, MoneyEntry, Order, Theatre, TillSession, User
from cinema.selectors.figures.takings import Takings, sheet_of, takings_in
from cinema.selectors.money.counter_actions import actions_by_seller
from cinema.selectors.money.tills import moved_to, still_open
from cinema.selectors.orders.counter import is_unfinished, open_orders

NOTHING = Decimal(0)
MOST_REPORTS = 62  # shown of a theatre


class AccountSum(NamedTuple):
    """What came to an account of the ledger, and what left it."""

    account: str
    debit: Decimal
    credit: Decimal


@dataclass
class DayFigures:
    """The figures of a day report by the ledger: takings, the sums of all accounts, and the till sessions closed."""

    report: DayReport
    takings: Takings
    accounts: list[AccountSum]
    sessions: list[TillSession]
    sums: Mapping[str, Any]
    closed_by: User | None = None


class Unfinished(NamedTuple):
    """What keeps a day open: sessions of tills that are not closed, and orders of the counter, see
    open_orders()."""

    sessions: list[TillSession]
    orders: list[Order]


def unfinished(theatre: Theatre, ends_at: datetime) -> Unfinished:
    """What was begun before this end of a trading day and is not finished. Two statements, or five."""
    orders = open_orders().filter(theatre=theatre, created_at__lt=ends_at).prefetch_related("tickets")
    begun = [order for order in orders if is_unfinished(order)]
    return Unfinished(list(still_open(theatre).filter(opened_at__lt=ends_at)), begun)


def last_report(theatre: Theatre) -> DayReport | None:
    """The latest day report of a theatre."""
    return theatre.day_reports.order_by("-number").first()


def day_reports(theatre: Theatre) -> list[DayReport]:
    """The latest day reports of a theatre."""
    return list(theatre.day_reports.select_related("theatre").order_by("-number")[:MOST_REPORTS])


def day_report(theatre: Theatre, number: int) -> DayReport | None:
    """The day report with this number, with its theatre; None if there is none."""
    return theatre.day_reports.select_related("theatre").filter(number=number).first()


def entries_in(report: DayReport) -> QuerySet[MoneyEntry]:
    """The entries of the ledger that a day report covers."""
    new = Q(at__gte=report.begins_at) | Q(pk__gt=report.after_entry)
    return MoneyEntry.objects.filter(new, theatre=report.theatre_id, at__lt=report.ends_at, pk__lte=report.last_entry)


def sessions_in(report: DayReport) -> QuerySet[TillSession]:
    """The till sessions whose closing a day report covers, by their number."""
    new = Q(closed_at__gte=report.begins_at) | Q(z_number__gt=report.after_z)
    closed = {"closed_at__lt": report.ends_at, "z_number__lte": report.last_z}
    sessions = TillSession.objects.filter(new, theatre=report.theatre_id, **closed)
    return sessions.select_related("till", "theatre").order_by("z_number")


def day_figures(report: DayReport) -> DayFigures:
    """The figures of a day report. Eleven statements at most."""
    entries, sessions = entries_in(report), list(sessions_in(report))
    takings = takings_in(entries, Period(report.day, report.day))
    takings.actions = actions_by_seller(CounterAction.objects.filter(session__in=sessions))
    closed_by = User.objects.filter(pk=report.closed_by_id).first()
    return DayFigures(report, takings, _accounts(entries), sessions, sums_of(entries, takings), closed_by)


def sums_of(entries: QuerySet[MoneyEntry], takings: Takings) -> dict[str, Any]:
    """What a day report states of these entries, with their takings, by column. Two statements."""
    of_all = entries.aggregate(entries=Count("pk"), moved=Sum("amount"))
    return {
        "entries": of_all["entries"],
        "moved": exact(of_all["moved"] or NOTHING),
        "received": takings.total.amount,
        "refunded": takings.total.refunds,
        "tax": sum((one.tax for one in takings.taxes), NOTHING),
        "rounding": takings.rounding,
        "variance": -moved_to(DRAWER_VARIANCE, entries),
    }


def _accounts(entries: QuerySet[MoneyEntry]) -> list[AccountSum]:
    """The sums by account, in their order. One statement."""
    sums: dict[str, list[Decimal]] = {}
    for debit, credit, amount in entries.order_by().values_list("debit", "credit").annotate(sum=Sum("amount")):
        for side, account in enumerate((debit, credit)):
            sums.setdefault(account, [NOTHING, NOTHING])[side] += exact(amount)
    return [AccountSum(account, *sums[account]) for account in sorted(sums)]


def day_sheets(figures: DayFigures) -> list[Sheet]:
    """The sheets of a day report: takings, tax, tills and the ledger."""
    theatre, taxes = figures.report.theatre, figures.takings.taxes
    tax = Sheet(_("Tax"), [_("Tax %"), _("Net"), _("Tax")], [[one.percent, one.net, one.tax] for one in taxes])
    header = [_("Z report"), _("Till"), _("Opened"), _("Closed"), _("Expected"), _("Counted"), _("Difference")]
    tills: list[list[Cell]] = [
        [
            *(one.z_number, one.till.name, _clock(one.opened_at, theatre), _clock(one.closed_at, theatre)),
            *(one.expected, one.counted, one.variance, one.reason),
        ]
        for one in figures.sessions
    ]
    accounts = Sheet(_("Ledger"), [_("Account"), _("Debit"), _("Credit")], figures.accounts)
    return [sheet_of([figures.takings]), tax, Sheet(_("Tills"), [*header, _("Reason")], tills), accounts]


def _clock(moment: datetime | None, theatre: Theatre) -> datetime | None:
    """The moment in the theatre's local time, without a zone."""
    return moment and moment.astimezone(theatre.tz).replace(tzinfo=None)


def day_faults() -> Iterator[str]:
    """Yield a sentence for each figure of a day report that the ledger does not confirm, and for each gap in their
    numbers."""
    for report in DayReport.objects.select_related("theatre").order_by("pk").iterator():
        entries = entries_in(report)
        for name, value in sums_of(entries, takings_in(entries, Period(report.day, report.day))).items():
            if getattr(report, name) != value:
                yield f"{report} of theatre {report.theatre_id} says {name} {getattr(report, name)}, not {value}"
    numbers = DayReport.objects.order_by().values_list("theatre").annotate(last=Max("number"), count=Count("pk"))
    for theatre, last, count in numbers:
        if last != count:
            yield f"Theatre {theatre} has {count} day reports, but their last number is {last}"
