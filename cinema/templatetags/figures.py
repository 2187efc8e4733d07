"""Formatting of figures, and the rows of their longest tables, in Python: as templates they took most of the page."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from django import template
from django.template.defaultfilters import floatformat
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cinema.domain.clock import shown_time
from cinema.domain.dates import shown_date
from cinema.domain.money import column_format, format_money
from cinema.domain.numbers import format_number, format_percent
from cinema.domain.periods import Period
from cinema.models import Show, Theatre
from cinema.selectors.figures.box_office import SeatRevenue, ShowRevenue
from cinema.selectors.figures.figures import FiguresLine

register = template.Library()
NOTHING = "–"


@register.filter
def count(number: int) -> str:
    """A number with separators: “1,726,047”."""
    return format_number(number)


@register.filter
def percent(value: Decimal | float | None) -> str:
    """A percentage: “39.5%”; a dash for None."""
    return NOTHING if value is None else format_percent(value, (1, 1))


@register.filter
def change(value: int | None) -> str:
    """A change in percent: “▲ 12%” or “▼ 3%”; a dash for None."""
    if value is None:
        return NOTHING
    return f"{'▲' if value > 0 else '▼' if value < 0 else '='}\u202f{format_percent(abs(value), (0, 0))}"


@register.filter
def span(period: Period) -> str:
    """A period: “Fri 20 Nov – Thu 26 Nov 2026”."""
    start, end = period
    if start == end:
        return shown_date(end, "D j M Y")
    first = shown_date(start, "D j M" if start.year == end.year else "D j M Y")
    return _("%(start)s – %(end)s") % {"start": first, "end": shown_date(end, "D j M Y")}


@register.filter
def lead(value: timedelta | None) -> str:
    """A duration: “2 days 4 h” or “5 h”; a dash for None."""
    if value is None:
        return NOTHING
    hours = round(value.total_seconds() / 3600)
    days, rest = divmod(hours, 24)
    if not days:
        return _("%(hours)d h") % {"hours": hours}
    if not rest:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    text = ngettext("%(days)d day %(hours)d h", "%(days)d days %(hours)d h", days)
    return text % {"days": days, "hours": rest}


@register.filter
def figures_rows(lines: Iterable[FiguresLine]) -> SafeString:
    """A row for each line of a table of figures."""
    amount, drawn = column_format(), []
    for line in lines:
        now, before = line.now, f' title="{escape(format_money(line.before.revenue))}"'
        drawn.append(
            f'<tr><th scope="row">{escape(line.label)}</th>{_cell(amount(now.revenue))}'
            f"{_cell(change(line.change), before)}{_cell(count(now.admissions))}{_cell(percent(now.occupancy))}"
            f"{_cell(amount(now.average))}</tr>"
        )
    return mark_safe("".join(drawn))  # noqa: S308, each cell is escaped


@register.simple_tag
def revenue_rows(shown: ShowRevenue, theatre: Theatre) -> SafeString:
    """A row for a show of a distributor's report, and one for each ticket type, price and rate of tax."""
    amount, show = column_format(), shown.show
    parts = [shown_time(show.starts_at, theatre.tz), show.screen.name, show.get_format_display()]
    if show.status == Show.Status.CANCELLED:
        parts.append(pgettext("a show", "cancelled"))
    if show.further_minutes:
        share = {"films": show.title, "share": format_percent(shown.share)}
        parts.append(_("%(films)s: %(share)s of the revenue") % share)
    name = escape(" · ".join(map(str, parts)))
    drawn = [f'<tr><th scope="row" colspan="3">{name}</th>{_revenue(shown.total, "", amount)}</tr>']
    for line in shown.lines:
        price = amount(line.price) if line.price else _("free")
        revenue = _revenue(line.revenue, floatformat(line.percent, "-2"), amount)
        kind = escape(line.kind or _("Ticket"))
        drawn.append(f'<tr class="figures-line"><td></td><td>{kind}</td>{_cell(price)}{revenue}</tr>')
    return mark_safe("".join(drawn))  # noqa: S308, each cell is escaped


def _revenue(revenue: SeatRevenue, percent: str, amount: Callable[[Decimal], str]) -> str:
    rest = [_cell(amount(revenue.tax)), _cell(amount(revenue.net))]
    return "".join([_cell(count(revenue.admissions)), _cell(amount(revenue.gross)), _cell(percent), *rest])


def _cell(text: str, more: str = "") -> str:
    """A cell with a number; without one if ``text`` is empty."""
    return f'<td class="num"{more}>{escape(text)}</td>' if text else "<td></td>"
