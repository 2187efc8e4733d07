"""Vouchers in words, for staff."""

from datetime import date

from django import template
from django.utils.translation import gettext as _

from cinema.domain.clock import written_time
from cinema.domain.lists import listed
from cinema.domain.weekdays import short_weekday_choices
from cinema.models import Voucher, VoucherBatch
from cinema.selectors.money.vouchers import state_of
from cinema.templatetags.prices import validity

register = template.Library()


@register.filter
def voucher_state(voucher: Voucher, today: date) -> str:
    """How a voucher stands on a day at the theatre: “open”."""
    return str(state_of(voucher, today).label)


@register.filter
def voucher_conditions(batch: VoucherBatch) -> str:
    """The conditions of a batch, loaded with its films, categories and ticket types: “Premium · Mon, Tue”."""
    parts = [listed(rows.all()) for rows in (batch.categories, batch.ticket_types, batch.movies)]
    parts.append(listed(name for day, name in short_weekday_choices() if day in batch.weekdays))
    times = {
        "start": written_time(batch.from_time) if batch.from_time else "",
        "end": written_time(batch.until_time) if batch.until_time else "",
    }
    if all(times.values()):
        parts.append(_("shows from %(start)s to %(end)s") % times)
    elif times["start"]:
        parts.append(_("shows from %(start)s on") % times)
    elif times["end"]:
        parts.append(_("shows until %(end)s") % times)
    parts.append(validity(batch))
    return " · ".join(filter(None, parts))
