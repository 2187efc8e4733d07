"""Dates in words, and lists, for templates."""

from datetime import date

from django import template

from cinema.domain import dates, lists

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
