"""Formatting only: money, durations, and times in a theatre's zone."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import get_timezone_name
from django import template
from django.conf import settings
from django.utils import formats, timezone
from django.utils.html import escape, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext, to_locale
from django.utils.translation import gettext as _

from cinema.domain import certificates
from cinema.domain import money as money_format
from cinema.domain.clock import shown_time, which_time
from cinema.domain.markdown import to_html
from cinema.domain.seating import names
from cinema.exceptions import ShowNotOnSale
from cinema.models import Hold, Movie, Seat, Show, ShowSeat, Theatre, TicketSeat, TicketType
from cinema.selectors.booking.seat_map import SeatView

register = template.Library()

FEW_SEATS = 8  # or a tenth of the hall, if that is more


@register.filter
def money(amount: Decimal | None) -> str:
    """“₹250”; nothing for None."""
    return "" if amount is None else money_format.format_money(amount)


@register.filter
def money_column(amount: Decimal | None) -> str:
    """“₹250.00” in a column of amounts; “–” for nothing."""
    return money_format.format_column(amount or Decimal())


@register.filter
def price(amount: Decimal) -> str:
    """“₹250”, or “free”: what one seat costs."""
    return money(amount) if amount else _("free")


@register.filter
def price_column(amount: Decimal) -> str:
    """“₹250.00” in a column of prices, or “free”."""
    return money_column(amount) if amount else _("free")


SEAT_MAP_TEXTS = {
    "chosen": gettext_lazy("Seats chosen: %n. Total: %s."),
    "party": gettext_lazy("%n of %m chosen. Tap where the others will sit."),
    "row_full": gettext_lazy("%s has no free seat."),
    "taken": gettext_lazy("%s was just taken."),
    "held": gettext_lazy("held by someone else"),
    "mine": gettext_lazy("held for you"),
    "sending": gettext_lazy("Holding your seats…"),
    "slow": gettext_lazy("Still trying…"),
    "failed": gettext_lazy("We couldn’t connect. Your seats are still selected – please try again."),
    "stale": gettext_lazy("The seats may be out of date. Reconnecting…"),
}


@register.simple_tag
def seat_map_data(*, limit: int | None = None, holder: str = "", **texts: str) -> SafeString:
    """The data block of static/js/seat-map/: ``limit`` on the seats chosen, ``holder`` mark of the buyer's own holds.

    ``texts`` adds to SEAT_MAP_TEXTS or replaces some of them.
    """
    money = money_format.money_style()._asdict()
    return json_script(
        {"limit": limit, "holder": holder, "money": money, "texts": SEAT_MAP_TEXTS | texts}, "seat-map-data"
    )


@register.filter
def on_site(path: str) -> str:
    """The whole address of a path, for those who read it elsewhere."""
    return settings.SITE_URL + path


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """A block of data in a page, which no browser runs and no text in it can end."""
    text = json.dumps(data, ensure_ascii=False).translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"})
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # nosec B308 B703 # noqa: S308, markup is escaped


@register.filter
def markdown(text: str) -> SafeString:
    """A text of the owner's as HTML."""
    return to_html(text)


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
    """“18:30” on the theatre's own clock; of a time that comes twice it says which one."""
    return shown_time(moment, theatre.tz)


@register.filter
def clock_face(moment: datetime, theatre: Theatre) -> str:
    """“18:30”, where there is no room to say which one of a time that comes twice."""
    return formats.date_format(moment.astimezone(theatre.tz), "H:i")


@register.filter
def local_day(moment: datetime, theatre: Theatre) -> str:
    """“Friday 27 November” on the theatre's own calendar."""
    return formats.date_format(moment.astimezone(theatre.tz), "l j F")


@register.filter
def local_date(moment: datetime, theatre: Theatre) -> str:
    """“Friday 27 November 2026” on the theatre's own calendar."""
    return formats.date_format(moment.astimezone(theatre.tz), "l j F Y")


@register.filter
def local_moment(moment: datetime, theatre: Theatre) -> str:
    """“Fri 27 Nov 2026, 18:30” on the theatre's own clock."""
    day = formats.date_format(moment.astimezone(theatre.tz), "D j M Y")
    return f"{day}, {shown_time(moment, theatre.tz)}"


@register.filter
def grouped(reference: str) -> str:
    """“K7PM-3WXY” from a ticket's reference, easier to read out."""
    return f"{reference[:4]}-{reference[4:]}"


@register.filter
def leads_on(path: str, hold: Hold) -> bool:
    """Whether the page at ``path`` itself leads on with the seats of ``hold``: its checkout, or its seat map."""
    return path.startswith((hold.get_absolute_url(), hold.show.get_absolute_url()))


@register.filter
def seconds_since(moment: datetime, earlier: datetime) -> int:
    """Whole seconds from ``earlier`` to ``moment``, never less than 0."""
    return max(0, int((moment - earlier).total_seconds()))


@register.filter
def day_name(day: date, today: date) -> str:
    """“Today”, “Tomorrow” or “Wednesday 25 November”."""
    if day == today:
        return _("Today")
    if day == today + timedelta(days=1):
        return _("Tomorrow")
    return formats.date_format(day, "l j F")


@register.filter
def night_note(show: Show) -> str:
    """“night from Friday to Saturday” for a show after midnight, which belongs to Friday; nothing for any other."""
    day = show.starts_at.astimezone(show.screen.theatre.tz).date()
    if day == show.trading_day:
        return ""
    days = {"evening": formats.date_format(show.trading_day, "l"), "morning": formats.date_format(day, "l")}
    return _("night from %(evening)s to %(morning)s") % days


@register.filter
def show_when(show: Show) -> str:
    """“Saturday 28 November, 00:30 (night from Friday to Saturday)”: when a show, which comes with its theatre, begins.

    The one way to write it in a sentence or a subject: nobody comes a day late, or an hour.
    """
    theatre, note = show.screen.theatre, when_note(show)
    when = f"{local_day(show.starts_at, theatre)}, {clock_face(show.starts_at, theatre)}"
    return f"{when} ({note})" if note else when


@register.filter
def when_note(show: Show) -> str:
    """What the day and the time of a show alone may hide: which night it belongs to, which of a time that comes twice
    it is."""
    return ", ".join(filter(None, [night_note(show), which_time(show.starts_at, show.screen.theatre.tz)]))


@register.filter
def age_rule(movie: Movie) -> certificates.Certificate:
    """What the film's certificate means."""
    return certificates.certificate(movie.certificate)


@register.filter
def not_on_sale(show: Show) -> str:
    """Why seats of ``show``, which comes with its theatre, cannot be booked (yet, or any more)."""
    return str(ShowNotOnSale(show))


@register.filter
def availability(show: Show) -> str:
    """“sold out”, “few left” or when its sale begins or that it is over; nothing while there is plenty of room."""
    now = timezone.now()
    if show.sales_start_at and show.sales_start_at > now:
        tz = show.screen.theatre.tz
        day = formats.date_format(show.sales_start_at.astimezone(tz), "D j M")
        start = f"{day}, {shown_time(show.sales_start_at, tz)}"
        return _("on sale from %(start)s") % {"start": start}
    if show.sales_end_at <= now:
        return _("online sales over")
    if not show.seats_free:
        return _("sold out")
    return _("few left") if show.seats_free <= max(FEW_SEATS, show.seats_total // 10) else ""


@register.filter
def seat_codes(seats: Iterable[Seat | ShowSeat | TicketSeat]) -> str:
    """“C 15–16 · D 3”: where there is little room."""
    return names.seat_codes(map(_seat, seats))


@register.filter
def seat_names(seats: Iterable[Seat | ShowSeat | TicketSeat]) -> str:
    """“Row C, seats 15 and 16”."""
    return capfirst(names.seat_names(map(_seat, seats)))


def _seat(place: Seat | ShowSeat | TicketSeat) -> Seat:
    if isinstance(place, TicketSeat):
        place = place.show_seat
    return place.seat if isinstance(place, ShowSeat) else place


@register.filter
def spoken(show: Show) -> str:
    """“Hindi”, or “Hindi, English subtitles”."""
    if not show.subtitles:
        return str(show.language)
    return _("%(language)s, %(subtitles)s subtitles") % {"language": show.language, "subtitles": show.subtitles}


@register.filter
def zone_name(theatre: Theatre) -> str:
    """“India Time”, whose clock the theatre keeps."""
    return get_timezone_name(theatre.tz, locale=to_locale(get_language() or settings.LANGUAGE_CODE))


@register.simple_tag
def seat_boxes(seats: Iterable[SeatView], *, changed: bool = False) -> SafeString:
    """The checkboxes of ``seats``; ``changed`` ones replace those on the page. A hall has hundreds, and a template's
    loop takes ten times as long. All but the name and label is made of our own numbers and words."""
    swap = ' hx-swap-oob="true"' if changed else ""
    return mark_safe(  # nosec B308 B703 # noqa: S308
        "".join(
            f'<label class="{seat.classes}" id="s{seat.id}" data-line="{escape(seat.line)}"{swap}>'
            f'<input type="checkbox" name="seats" value="{seat.id}"'
            f' aria-label="{escape(seat.name)}" data-label="{escape(seat.label)}" data-price="{seat.price}"'
            f"{_ties(seat)}{' checked' if seat.checked else ''}{'' if seat.open else ' disabled'}>"
            f'<b aria-hidden="true">{seat.number}</b></label>'
            for seat in seats
        )
    )


def _ties(seat: SeatView) -> str:
    """Whom and what a seat goes with: its holder's mark, the other half of a love seat, the wheelchair spaces with
    which a companion is free."""
    ties = {
        "holder": seat.holder,
        "partner": seat.partner,
        "free-with": " ".join(map(str, seat.free_with)),
    }
    return "".join(f' data-{name}="{value}"' for name, value in ties.items() if value)


@register.filter
def conditions(ticket_type: TicketType) -> str:
    """What an order needs for tickets of the type, and what is checked at the door, in sentences."""
    found = []
    if paid := ticket_type.paying_others:
        sentence = ngettext(
            "Each needs %(paid)d paid ticket in the same order.",
            "Each needs %(paid)d paid tickets in the same order.",
            paid,
        )
        found.append(sentence % {"paid": paid})
    if ticket_type.with_wheelchair:
        found.append(_("Each needs a wheelchair space in the same order."))
    if most := ticket_type.most_per_order:
        found.append(_("At most %(most)d in one order.") % {"most": most})
    if ticket_type.shown_at_door:
        found.append(_("Proof is checked at the door."))
    return " ".join(found)
