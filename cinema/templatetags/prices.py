"""Coupons in words, for staff."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cinema.domain.dates import shown_date
from cinema.domain.lists import listed
from cinema.domain.money import format_money
from cinema.domain.reading import written_number
from cinema.domain.weekdays import short_weekday_choices
from cinema.models import Coupon, VoucherBatch

register = template.Library()
Kind = Coupon.Kind


@register.filter
def discount(coupon: Coupon) -> str:
    """What a coupon takes off: “20 % off, at most ₹200”."""
    if coupon.kind == Kind.PERCENT:
        text = _("%(percent)s%% off") % {"percent": written_number(coupon.value.normalize())}
    elif coupon.kind == Kind.AMOUNT:
        text = _("%(amount)s off the order") % {"amount": format_money(coupon.value)}
    elif coupon.kind == Kind.PRICE:
        text = _("each seat for %(price)s") % {"price": format_money(coupon.value)}
    else:
        text = ngettext(
            "%(buy)d seat for the price of %(pay)d", "%(buy)d seats for the price of %(pay)d", coupon.buy or 0
        ) % {"buy": coupon.buy, "pay": coupon.pay}
    if coupon.maximum is not None:
        return _("%(discount)s, at most %(most)s") % {"discount": text, "most": format_money(coupon.maximum)}
    return text


@register.filter
def coupon_conditions(coupon: Coupon) -> str:
    """The conditions of a coupon, loaded with its film and ticket types: “Mon, Tue · at least 4 seats”."""
    parts = [listed(name for day, name in short_weekday_choices() if day in coupon.weekdays)]
    parts.append(coupon.movie.title if coupon.movie else "")
    parts.append(listed(kind.name for kind in coupon.ticket_types.all()))
    if coupon.party > 1:
        parts.append(ngettext("at least %(n)d seat", "at least %(n)d seats", coupon.party) % {"n": coupon.party})
    if coupon.minimum:
        parts.append(_("from %(amount)s on") % {"amount": format_money(coupon.minimum)})
    parts.append(validity(coupon))
    if (most := coupon.most_per_person) is not None:
        parts.append(ngettext("%(n)d order per person", "%(n)d orders per person", most) % {"n": most})
    if coupon.combinable:
        parts.append(_("can be combined"))
    return " · ".join(filter(None, parts))


def validity(coupon: Coupon | VoucherBatch) -> str:
    """From which day until which it is valid: “until 31 Dec 2026”."""
    days = {
        "start": shown_date(coupon.valid_from, "j M Y") if coupon.valid_from else "",
        "end": shown_date(coupon.valid_until, "j M Y") if coupon.valid_until else "",
    }
    if all(days.values()):
        return _("%(start)s – %(end)s") % days
    if days["start"]:
        return _("from %(start)s") % days
    return _("until %(end)s") % days if days["end"] else ""
