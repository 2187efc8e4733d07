"""Formatting of money, durations, local times and seats, and data blocks of pages."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary

from babel.dates import get_timezone_name
from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cinema.domain import certificates, clock
from cinema.domain import money as money_format
from cinema.domain.clock import fold_note, shown_moment, shown_time
from cinema.domain.dates import day_and_time, shown_date
from cinema.domain.languages import current_locale
from cinema.domain.lists import listed, sentences
from cinema.domain.markdown import to_html
from cinema.domain.numbers import format_percent
from cinema.domain.seating import names
from cinema.domain.weekdays import weekday_name
from cinema.exceptions import ShowNotOnSale
from cinema.models import (
    GiftCard,
    Hold,
    Movie,
    Order,
    PaymentMode,
    Seat,
    Show,
    ShowSeat,
    Theatre,
    TicketSeat,
    TicketType,
)
from cinema.models.annotated import TicketWithPrice
from cinema.models.codes import grouped
from cinema.selectors.booking.seat_map import SeatRow, SeatView

register = template.Library()
register.filter(grouped)

FEW_SEATS = 8  # or a tenth of the hall, if that is more


@register.filter
def money(amount: Decimal | None) -> str:
    """“₹250”; "" for None."""
    return "" if amount is None else money_format.format_money(amount)


@register.filter
def money_column(amount: Decimal | None) -> str:
    """“₹250.00” in a column of amounts; “–” for 0 or None."""
    return money_format.format_column(amount or Decimal())


@register.filter
def percentage(percent: Decimal) -> str:
    """“18%”, “5.5%”."""
    return format_percent(percent)


@register.filter
def price(amount: Decimal) -> str:
    """The price of a seat: “₹250”, or “free” for 0."""
    return money(amount) if amount else _("free")


@register.filter
def price_column(amount: Decimal) -> str:
    """“₹250.00” in a column of prices; “free” for 0."""
    return money_column(amount) if amount else _("free")


ACCOUNTS = {
    PaymentMode.UPI: gettext_lazy("your UPI account"),
    PaymentMode.CARD: gettext_lazy("your card"),
    PaymentMode.NETBANKING: gettext_lazy("your bank account"),
    PaymentMode.WALLET: gettext_lazy("your wallet"),
    PaymentMode.TERMINAL: gettext_lazy("your card"),
    PaymentMode.READER: gettext_lazy("your card"),
    PaymentMode.QR: gettext_lazy("your UPI account"),
}


@register.filter
def account(mode: str) -> str:
    """Where money paid by this PaymentMode goes back to, after “to”: “your UPI account”."""
    return str(ACCOUNTS.get(PaymentMode(mode), "") if mode else "") or _("your payment method")


@register.filter
def named_card(card: GiftCard | None) -> str:
    """The gift card that money goes back on, after “on”: “your gift card ending in 9QRT”.

    A replaced card is not named, since its successor gets the money.
    """
    if card is None or card.replaced_by_id:
        return _("your gift card")
    return _("your gift card ending in %(end)s") % {"end": card.end}


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
def seat_map_data(*, limit: int | None = None, holder: str = "", fee: Decimal = Decimal(0), **texts: str) -> SafeString:
    """The data block for static/js/seat-map/: the ``limit`` on chosen seats, the buyer's ``holder`` fingerprint, and
    the booking ``fee`` for an order.

    ``texts`` extends or replaces SEAT_MAP_TEXTS.
    """
    money = money_format.money_style()._asdict()
    return json_script(
        {"limit": limit, "holder": holder, "fee": str(fee), "money": money, "texts": SEAT_MAP_TEXTS | texts},
        "seat-map-data",
    )


@register.filter
def on_site(path: str) -> str:
    """The absolute URL of a path, for mails and other sites."""
    return settings.SITE_URL + path


@register.filter
def json_ld(data: dict[str, Any]) -> SafeString:
    """A JSON-LD data block. Markup in texts is escaped, so that no text can end the block."""
    text = json.dumps(data, ensure_ascii=False).translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"})
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308, markup is escaped


@register.filter
def markdown(text: str) -> SafeString:
    """A Markdown text of the owner as safe HTML."""
    return to_html(text)


@register.filter
def duration(minutes: int | None) -> str:
    """“2 h 9 min” for 129 minutes; "" for 0 or None."""
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
    """“18:30” in the theatre's local time; a time that occurs twice is marked as before or after the change."""
    return shown_time(moment, theatre.tz)


@register.filter
def clock_face(moment: datetime, theatre: Theatre) -> str:
    """“18:30” in the theatre's local time, without the mark of local_time()."""
    return clock.clock_face(moment, theatre.tz)


@register.filter
def local_day(moment: datetime, theatre: Theatre) -> str:
    """“Friday 27 November” in the theatre's local time."""
    return shown_date(moment.astimezone(theatre.tz), "l j F")


@register.filter
def local_date(moment: datetime | None, theatre: Theatre) -> str:
    """“Friday 27 November 2026” in the theatre's local time; "" for None."""
    return "" if moment is None else shown_date(moment.astimezone(theatre.tz), "l j F Y")


@register.filter
def local_day_time(moment: datetime, theatre: Theatre) -> str:
    """“Friday 27 November, 18:30” in the theatre's local time; a time that occurs twice is marked."""
    return day_and_time(local_day(moment, theatre), local_time(moment, theatre))


@register.filter
def local_date_time(moment: datetime, theatre: Theatre) -> str:
    """“Friday 27 November 2026, 18:30” in the theatre's local time; a time that occurs twice is marked."""
    return day_and_time(local_date(moment, theatre), local_time(moment, theatre))


@register.filter
def local_moment(moment: datetime, theatre: Theatre) -> str:
    """“Fri 27 Nov 2026, 18:30” in the theatre's local time."""
    return shown_moment(moment, theatre.tz)


@register.filter
def leads_on(path: str, hold: Hold) -> bool:
    """Whether the page at ``path`` is the checkout or the seat map of ``hold``."""
    return path.startswith((hold.get_absolute_url(), hold.show.get_absolute_url()))


@register.filter
def seconds_since(moment: datetime, earlier: datetime) -> int:
    """Whole seconds from ``earlier`` to ``moment``, at least 0."""
    return max(0, int((moment - earlier).total_seconds()))


@register.filter
def day_name(day: date, today: date) -> str:
    """“Tonight”, “Today”, “Tomorrow” or “Wednesday 25 November”: see near_day()."""
    return near_day(day, today) or shown_date(day, "l j F")


@register.filter
def near_day(day: date, today: date) -> str:
    """“Today” or “Tomorrow” for a trading day, by the date ``today``; "" for later ones.

    After midnight the trading day that is not over is “Tonight”: its last shows begin before DAY_STARTS.
    """
    if day < today:
        return _("Tonight")
    return {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}.get(day, "")


@register.filter
def night_note(show: Show) -> str:
    """“night from Friday to Saturday” for a show after midnight, which belongs to Friday; "" for any other."""
    day = show.starts_at.astimezone(show.screen.theatre.tz).date()
    if day == show.trading_day:
        return ""
    days = {"evening": weekday_name(show.trading_day.weekday()), "morning": weekday_name(day.weekday())}
    return _("night from %(evening)s to %(morning)s") % days


@register.filter
def show_when(show: Show) -> str:
    """The start of a show, loaded with its theatre: “Saturday 28 November, 00:30 (night from Friday to Saturday)”.

    Use it in every sentence and subject, so that nobody comes a day or an hour late.
    """
    theatre, note = show.screen.theatre, start_notes(show)
    when = day_and_time(local_day(show.starts_at, theatre), clock_face(show.starts_at, theatre))
    return f"{when} ({note})" if note else when


@register.filter
def start_date_time(show: Show) -> str:
    """The start of a show with its year, without its notes: “Saturday 28 November 2026, 00:30”."""
    theatre = show.screen.theatre
    return day_and_time(local_date(show.starts_at, theatre), clock_face(show.starts_at, theatre))


@register.filter
def start_notes(show: Show) -> str:
    """Notes on a start: the night of a show after midnight, and which of two equal local times it is; else ""."""
    return listed([night_note(show), fold_note(show.starts_at, show.screen.theatre.tz)])


@register.filter
def age_rule(shown: Movie | Show) -> certificates.Certificate:
    """The meaning of the certificate of a film, or of a show: the strictest one of its films."""
    return certificates.certificate(shown.certificate)


@register.filter
def not_on_sale(show: Show) -> str:
    """Why ``show``, loaded with its theatre, is not on sale yet or any more, as a sentence."""
    return str(ShowNotOnSale(show))


@register.filter
def availability(show: Show) -> str:
    """“sold out”, “few left”, “online sales over” or the start of sales; "" while there are many free seats."""
    now = timezone.now()
    if show.sales_start_at and show.sales_start_at > now:
        tz = show.screen.theatre.tz
        day = shown_date(show.sales_start_at.astimezone(tz), "D j M")
        start = day_and_time(day, shown_time(show.sales_start_at, tz))
        return _("on sale from %(start)s") % {"start": start}
    if show.sales_end_at <= now:
        return _("online sales over")
    if not show.seats_free:
        return _("sold out")
    return _("few left") if show.seats_free <= max(FEW_SEATS, show.seats_total // 10) else ""


@register.filter
def price_from(show: Show) -> str:
    """“from ₹180”, the lowest price online of a show with free seats; “₹180” if all seats cost that, “free” for 0.

    "" while no price is known, and when none is left to be paid online.
    """
    lowest = show.starting_price(Order.Channel.WEB)
    if lowest is None or not show.seats_free or show.sales_end_at <= timezone.now():
        return ""
    return price(lowest.amount) if lowest.is_only else _("from %(price)s") % {"price": money(lowest.amount)}


@register.filter
def seat_codes(seats: Iterable[Seat | ShowSeat | TicketSeat]) -> str:
    """Seats in the shortest form: “C 15–16 · D 3”."""
    return names.seat_codes(map(_seat, seats))


@register.filter
def seat_names(seats: Iterable[Seat | ShowSeat | TicketSeat]) -> str:
    """Seats in words: “Row C, seats 15 and 16”."""
    return capfirst(names.seat_names(map(_seat, seats)))


def _seat(place: Seat | ShowSeat | TicketSeat) -> Seat:
    if isinstance(place, TicketSeat):
        place = place.show_seat
    return place.seat if isinstance(place, ShowSeat) else place


@register.filter
def spoken(show: Show) -> str:
    """The languages of a show: “Hindi”, or “Hindi, English subtitles”."""
    if not show.subtitles:
        return str(show.language)
    return _("%(language)s, %(subtitles)s subtitles") % {"language": show.language, "subtitles": show.subtitles}


@register.filter
def zone_name(theatre: Theatre) -> str:
    """The name of the theatre's time zone: “India Time”."""
    return get_timezone_name(theatre.tz, locale=current_locale())


_drawn_rows: WeakKeyDictionary[SeatRow, SafeString] = WeakKeyDictionary()


@register.simple_tag
def seat_rows(rows: Iterable[SeatRow]) -> SafeString:
    """The rows of a hall. A row is drawn once: those of shared maps stay the same objects until a seat changes."""
    html = []
    for row in rows:
        drawn = _drawn_rows.get(row)
        if drawn is None:
            drawn = _drawn_rows[row] = render_to_string("public/shows/_seat_row.html", {"row": row})
        html.append(drawn)
    return mark_safe("".join(html))  # noqa: S308, each is the HTML of a template


@register.simple_tag
def seat_boxes(seats: Iterable[SeatView], *, changed: bool = False) -> SafeString:
    """The checkboxes of ``seats``; ``changed`` ones replace those on the page.

    In Python, because a template loop over hundreds of seats takes ten times as long. Texts are escaped.
    """
    swap = ' hx-swap-oob="true"' if changed else ""
    return mark_safe(  # noqa: S308
        "".join(
            f'<label class="{seat.classes}" id="s{seat.id}" data-line="{escape(seat.line)}"{swap}>'
            f'<input type="checkbox" name="seats" value="{seat.id}"'
            f' aria-label="{escape(seat.name)}" data-label="{escape(seat.label)}" data-price="{seat.price}"'
            f"{_links(seat, changed=changed)}{' checked' if seat.checked else ''}{'' if seat.open else ' disabled'}>"
            f'<b aria-hidden="true">{seat.number}</b></label>'
            for seat in seats
        )
    )


def _links(seat: SeatView, *, changed: bool) -> str:
    """Data attributes of a seat: the other half of a love seat, and the wheelchair spaces that make a companion seat
    free; if it ``changed``, its holder's fingerprint, by which pages find their own seats."""
    links = {
        "holder": seat.holder if changed else "",
        "partner": seat.partner,
        "free-with": " ".join(map(str, seat.free_with)),
    }
    return "".join(f' data-{name}="{value}"' for name, value in links.items() if value)


@register.filter
def seats_and_fee(ticket: TicketWithPrice) -> Decimal:
    """The price of a ticket’s present seats, and its booking fee."""
    return ticket.current_price + ticket.fee


@register.filter
def conditions(ticket_type: TicketType) -> str:
    """The conditions of a ticket type in an order and at the door, as sentences."""
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
    return sentences(found)
