"""Times of a show for templates: when doors open, when the film itself begins and ends, and how soon."""

from datetime import timedelta

from babel.dates import format_timedelta
from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cinema.domain.clock import clock_face, shown_time
from cinema.domain.dates import day_and_time, shown_date
from cinema.domain.languages import current_locale
from cinema.models import Show

register = template.Library()

SOON = 60  # minutes before the start
MINUTE = timedelta(minutes=1)


@register.filter
def show_times(show: Show) -> str:
    """“Doors 19:40, film about 20:05, ends about 22:10”, of a show loaded with its theatre; "" if it is cancelled."""
    if show.status == Show.Status.CANCELLED:
        return ""
    moments = {"doors": show.doors_open_at, "start": show.film_starts_at, "end": show.film_ends_at}
    times = {name: clock_face(moment, show.screen.theatre.tz) for name, moment in moments.items()}
    if show.doors_open_at == show.starts_at:
        return _("Film about %(start)s, ends about %(end)s") % times
    return _("Doors %(doors)s, film about %(start)s, ends about %(end)s") % times


@register.filter
def film_times(show: Show) -> str:
    """“film 20:05–22:10”, the short form for lists of shows."""
    tz = show.screen.theatre.tz
    return _("film %(start)s–%(end)s") % {
        "start": clock_face(show.film_starts_at, tz),
        "end": clock_face(show.film_ends_at, tz),
    }


@register.filter
def moved_from(show: Show) -> str:
    """“moved from 19:00”, or “moved from Thu 26 Nov, 19:00” if it was on another day; "" if it was not moved."""
    if show.moved_from is None:
        return ""
    tz = show.screen.theatre.tz
    before, now, at = show.moved_from.astimezone(tz), show.starts_at.astimezone(tz), shown_time(show.moved_from, tz)
    when = at if before.date() == now.date() else day_and_time(shown_date(before, "D j M"), at)
    return _("moved from %(when)s") % {"when": when}


@register.filter
def minutes_until(show: Show) -> int | None:
    """How many minutes are left until the start of a show, if it is soon; else None."""
    left = show.starts_at - timezone.now()
    return -(-left // MINUTE) if timedelta() < left <= SOON * MINUTE and show.status == Show.Status.SCHEDULED else None


@register.simple_tag
def starts_in(show: Show) -> SafeString:
    """“in 25 minutes” beside a show that begins soon, which starts-in.js keeps up to date; else ""."""
    minutes = minutes_until(show)
    if minutes is None:
        return SafeString("")  # nosec B308 B703
    words = format_timedelta(
        minutes * MINUTE, granularity="minute", threshold=2, add_direction=True, locale=current_locale()
    )
    return mark_safe(f'<span class="starts-in" data-starts-in="{minutes}">{words}</span>')  # nosec B308 B703 # noqa: S308, words are CLDR's
