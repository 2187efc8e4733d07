"""Dates in words, and lists, for templates."""

from collections.abc import Iterable
from datetime import date, time

from django import template

from cinema.domain import clock, dates, lists, weekdays

register = template.Library()
register.filter("listed", lists.listed)
register.filter("and_list", lists.and_list)


@register.simple_tag
def list_of(*parts: object) -> str:
    """The parts as a list: {% list_of name day as thing %}."""
    return lists.listed(parts)


@register.filter(expects_localtime=True)
def shown_date(day: date | None, form: str) -> str:
    """A date in one of the formats of cinema.domain.dates: “27 November 2026” for “j F Y”; "" for None."""
    return dates.shown_date(day, form) if day else ""


@register.filter(expects_localtime=True)
def day_of_week(day: date) -> str:
    """“Monday”."""
    return weekdays.weekday_name(day.weekday())


@register.filter(expects_localtime=True)
def short_day_of_week(day: date) -> str:
    """“Mon”."""
    return weekdays.short_weekday(day.weekday())


@register.filter
def short_days(days: Iterable[date]) -> str:
    """Days as a list: “Tue 1 Dec, Wed 2 Dec”."""
    return lists.listed(dates.shown_date(day, "D j M") for day in days)


@register.filter
def written_time(at: time | None) -> str:
    """A local time of day: “18:30” or “6:30 pm”; "" for None."""
    return clock.written_time(at) if at else ""
