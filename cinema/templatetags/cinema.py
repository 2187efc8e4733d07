"""Formatting only: money, durations, and times in a theatre's zone."""

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from cinema import money as money_format
from cinema.models import Theatre

register = template.Library()


@register.filter
def money(amount: Decimal | None) -> str:
    """“₹250”; nothing for None."""
    return "" if amount is None else money_format.format_money(amount)


@register.filter
def duration(minutes: int | None) -> str:
    """“2 h 9 min” from minutes."""
    if not minutes:
        return ""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def local_time(moment: datetime, theatre: Theatre) -> str:
    """“18:30” on the theatre's own clock."""
    return formats.date_format(moment.astimezone(theatre.tz), "H:i")


@register.filter
def local_day(moment: datetime, theatre: Theatre) -> str:
    """“Friday 27 November” on the theatre's own calendar."""
    return formats.date_format(moment.astimezone(theatre.tz), "l j F")


@register.filter
def local_date(moment: datetime, theatre: Theatre) -> str:
    """“Friday 27 November 2026” on the theatre's own calendar."""
    return formats.date_format(moment.astimezone(theatre.tz), "l j F Y")
