"""Formatting of figures."""

from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal
from django import template
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from cinema.domain.periods import Period

register = template.Library()
NOTHING = "–"


@register.filter
def count(number: int) -> str:
    """A number with separators: “1,726,047”."""
    return _count(number, to_locale(get_language() or settings.LANGUAGE_CODE))


@lru_cache(maxsize=4096)
def _count(number: int, locale: str) -> str:
    return format_decimal(number, locale=locale)


@register.filter
def percent(value: Decimal | float | None) -> str:
    """A percentage: “39.5%”; a dash for None."""
    return NOTHING if value is None else f"{value:.1f}%"


@register.filter
def change(value: int | None) -> str:
    """A change in percent: “▲ 12%” or “▼ 3%”; a dash for None."""
    if value is None:
        return NOTHING
    return f"{'▲' if value > 0 else '▼' if value < 0 else '='}\u202f{abs(value)}%"


@register.filter
def span(period: Period) -> str:
    """A period: “Fri 20 Nov – Thu 26 Nov 2026”."""
    start, end = period
    if start == end:
        return date_format(end, "D j M Y")
    return f"{date_format(start, 'D j M' if start.year == end.year else 'D j M Y')} – {date_format(end, 'D j M Y')}"


@register.filter
def lead(value: timedelta | None) -> str:
    """A duration: “2 days 4 h” or “5 h”; a dash for None."""
    if value is None:
        return NOTHING
    hours = round(value.total_seconds() / 3600)
    days, rest = divmod(hours, 24)
    if not days:
        return _("%(hours)d h") % {"hours": hours}
    text = ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    return f"{text} {_('%(hours)d h') % {'hours': rest}}" if rest else text
