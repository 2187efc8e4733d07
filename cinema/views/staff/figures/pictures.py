"""Charts of figures, with their texts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain import charts
from cinema.domain.dates import shown_date
from cinema.domain.money import format_money
from cinema.domain.numbers import format_number
from cinema.domain.weekdays import short_weekday
from cinema.selectors.figures.figures import Figures, FiguresLine, FiguresReport, FiguresTable
from cinema.selectors.figures.heat_map import SeatSales
from cinema.templatetags import figures as words

MOST_BARS = 12
MONTH = timedelta(days=31)  # days of a longer period are labelled with the year, without the weekday
VALUES: dict[str, Callable[[Figures], float]] = {
    "revenue": lambda figures: float(figures.revenue),
    "admissions": lambda figures: float(figures.admissions),
    "occupancy": lambda figures: float(figures.occupancy or 0),
}
TEXTS: dict[str, Callable[[Figures], str]] = {
    "revenue": lambda figures: format_money(figures.revenue),
    "admissions": lambda figures: words.count(figures.admissions),
    "occupancy": lambda figures: words.percent(figures.occupancy),
}


def report_charts(report: FiguresReport, measure: str, label: str) -> list[tuple[FiguresTable, SafeString]]:
    """Each table of the report with its chart of ``measure``, whose name is ``label``."""
    return [(table, _chart(table, report, measure, label)) for table in report.tables]


def _chart(table: FiguresTable, report: FiguresReport, measure: str, label: str) -> SafeString:
    items = [_item(line, measure) for line in table.lines]
    about = {
        "name": f"chart-{table.slug}",
        "title": _("%(table)s: %(measure)s") % {"table": table.title, "measure": label},
        "desc": _description(items),
    }
    if table.slug == "day":
        form = "D j M" if report.period.length <= MONTH else "j M Y"
        return charts.line_chart(_relabelled(items, [shown_date(line.key, form) for line in table.lines]), **about)
    if table.slug == "hour":
        return charts.column_chart(_relabelled(items, [f"{line.key:02}" for line in table.lines]), **about)
    if table.slug == "weekday":
        return charts.column_chart(_relabelled(items, [short_weekday(line.key) for line in table.lines]), **about)
    return charts.bar_chart(items[:MOST_BARS], **about)


def _item(line: FiguresLine, measure: str) -> charts.ChartItem:
    value = VALUES[measure]
    return charts.ChartItem(line.label, value(line.now), value(line.before), TEXTS[measure](line.now))


def _relabelled(items: Sequence[charts.ChartItem], labels: Iterable[object]) -> list[charts.ChartItem]:
    """The items with shorter labels, for want of room."""
    return [item._replace(label=str(label)) for item, label in zip(items, labels, strict=True)]


def _description(items: Sequence[charts.ChartItem]) -> str:
    if not items:
        return _("No data.")
    most, least = max(items, key=lambda item: item.value), min(items, key=lambda item: item.value)
    return _("Highest: %(most)s, %(most_value)s. Lowest: %(least)s, %(least_value)s. The table lists all.") % {
        "most": most.label,
        "most_value": most.text,
        "least": least.label,
        "least_value": least.text,
    }


def hall_maps(sales: Sequence[SeatSales]) -> tuple[SafeString, SafeString]:
    """Two maps of the hall: each seat's share of shows at which it is sold, and its average days of advance sale."""
    titled = [(one, _seat_description(one)) for one in sales]
    share = charts.hall_chart(
        [
            _hall_seat(one, one.share if one.sold else None, f"{one.share:.0f}" if one.sold else "", title)
            for one, title in titled
        ],
        name="heat-share",
        title=_("Which seats sell"),
        desc=_("The number on each seat is the percentage of shows at which it was sold. The table lists all seats."),
    )
    lead = charts.hall_chart(
        [
            _hall_seat(one, days, "" if days is None else format_number(days, 1), title)
            for one, title in titled
            for days in [None if one.lead is None else one.lead.total_seconds() / 86_400]
        ],
        name="heat-lead",
        title=_("How early they sell"),
        desc=_("The number on each seat is how many days ahead it was bought, on average. The table lists all."),
    )
    return share, lead


def _seat_description(one: SeatSales) -> str:
    """A sentence with all figures of a seat."""
    text = ngettext(
        "%(seat)s: sold at %(sold)d of %(shows)d show (%(share)s), %(lead)s ahead",
        "%(seat)s: sold at %(sold)d of %(shows)d shows (%(share)s), %(lead)s ahead",
        one.shows,
    )
    return text % {
        "seat": one.seat.label,
        "sold": one.sold,
        "shows": one.shows,
        "share": words.percent(one.share),
        "lead": words.lead(one.lead),
    }


def _hall_seat(one: SeatSales, value: float | None, mark: str, title: str) -> charts.HallSeat:
    return charts.HallSeat(one.seat.row, one.seat.x, one.seat.y, value, mark, title)
