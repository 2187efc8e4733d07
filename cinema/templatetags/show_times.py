"""Times of a show for templates: when doors open, when the film itself begins and ends, and how soon."""

from datetime import datetime, timedelta

from babel.dates import format_timedelta
from django import template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cinema.domain.clock import clock_face, shown_time
from cinema.domain.dates import day_and_time, shown_date
from cinema.domain.languages import current_locale
from cinema.domain.lists import listed
from cinema.models import Movie, Show
from cinema.selectors.schedule import listings as selectors

register = template.Library()

SOON = 60  # minutes before the start
MINUTE = timedelta(minutes=1)


@register.filter
def show_times(show: Show) -> str:
    """“Doors 19:40, film about 20:05, ends about 22:10”, of a show loaded with its theatre; "" if it is cancelled.

    Of a double bill: “Doors 19:40, A about 20:05, break about 22:00, B about 22:15, ends about 00:10”.
    """
    if show.status == Show.Status.CANCELLED:
        return ""
    if show.further_minutes:
        doors = {"time": clock_face(show.doors_open_at, show.screen.theatre.tz)}
        return listed([show.doors_open_at != show.starts_at and _("Doors %(time)s") % doors, running_order(show)])
    moments = {"doors": show.doors_open_at, "start": show.film_starts_at, "end": show.film_ends_at}
    times = {name: clock_face(moment, show.screen.theatre.tz) for name, moment in moments.items()}
    if show.doors_open_at == show.starts_at:
        return _("Film about %(start)s, ends about %(end)s") % times
    return _("Doors %(doors)s, film about %(start)s, ends about %(end)s") % times


@register.filter
def running_order(show: Show) -> str:
    """“A about 20:05, break about 22:00, B about 22:15, ends about 00:10”, of a double bill loaded with its theatre;
    "" for any other show."""
    if not show.further_minutes:
        return ""

    def clock(moment: datetime) -> dict[str, str]:
        return {"time": clock_face(moment, show.screen.theatre.tz)}

    steps = [
        (part.starts_at, _("%(film)s about %(time)s") % {"film": part.movie.localized.title, **clock(part.starts_at)})
        for part in show.parts
    ]
    steps += [(start, _("break about %(time)s") % clock(start)) for start, _end in show.breaks]
    steps.append((show.film_ends_at, _("ends about %(time)s") % clock(show.film_ends_at)))
    return listed(step for _moment, step in sorted(steps))


@register.filter
def doors_open(show: Show) -> str:
    """“doors 19:40”, the short form for lists of shows; "" if they open when it begins."""
    if show.doors_open_at == show.starts_at:
        return ""
    return _("doors %(time)s") % {"time": clock_face(show.doors_open_at, show.screen.theatre.tz)}


@register.filter
def film_times(show: Show) -> str:
    """“film 20:05–22:10”, the short form for lists of shows."""
    tz = show.screen.theatre.tz
    text = _("films %(start)s–%(end)s") if show.further_minutes else _("film %(start)s–%(end)s")
    return text % {"start": clock_face(show.film_starts_at, tz), "end": clock_face(show.film_ends_at, tz)}


@register.filter
def moved_from(show: Show) -> str:
    """“moved from 19:00”, or “moved from Thu 26 Nov, 19:00” if it was on another day; "" if it was not moved."""
    if show.moved_from is None:
        return ""
    tz = show.screen.theatre.tz
    before, now, at = show.moved_from.astimezone(tz), show.starts_at.astimezone(tz), shown_time(show.moved_from, tz)
    when = at if before.date() == now.date() else day_and_time(shown_date(before, "D j M"), at)
    return _("moved from %(when)s") % {"when": when}


@register.simple_tag
def other_shows(show: Show) -> list[Show]:
    """The next shows of a show's film at its theatre with free seats, without itself."""
    return selectors.other_shows(show)


@register.simple_tag
def next_films() -> list[Movie]:
    """A few films with upcoming shows, the one with the next show first."""
    return selectors.next_films()


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
        return SafeString("")
    words = format_timedelta(
        minutes * MINUTE, granularity="minute", threshold=2, add_direction=True, locale=current_locale()
    )
    return mark_safe(f'<span class="starts-in" data-starts-in="{minutes}">{words}</span>')  # noqa: S308, words are CLDR's
