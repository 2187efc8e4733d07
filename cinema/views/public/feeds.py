"""What is on, for calendar programs and feed readers."""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from cinema.domain.texts import one_line
from cinema.exports import show_calendar
from cinema.forms.schedule.programme import ProgrammeForm
from cinema.models import Show, with_film
from cinema.selectors.films.movies import movie_by_slug
from cinema.selectors.films.seasons import current_seasons, season_by_slug
from cinema.selectors.halls.theatres import theatre_by_slug
from cinema.selectors.schedule.listings import EVERYTHING, NewFilm, listed_shows, new_films, screen_by_key
from cinema.selectors.schedule.programme import Filters, filter_options
from cinema.templatetags.cinema import on_site, show_when, spoken
from cinema.templatetags.labels import label_words
from cinema.templatetags.show_times import running_order
from cinema.views.public.programme import title_of
from cinema.web.http import HtmxRequest
from cinema.web.kept import Kept
from cinema.web.shortcuts import or_404

FIVE_MINUTES = 5 * 60  # seconds
feed_cache = cache_control(public=True, max_age=FIVE_MINUTES)
files = Kept()


def feed(key: Hashable, make: Callable[[], bytes], content_type: str) -> HttpResponse:
    """The file of this key and language, which is made at most once a minute."""
    return HttpResponse(files.get((get_language(), key), make), content_type=content_type)


@require_safe
@feed_cache
@conditional_page
def theatre_calendar(request: HtmxRequest, slug: str) -> HttpResponse:
    """All shows of a theatre."""
    theatre = or_404(theatre_by_slug(slug))
    return _calendar(theatre.name, Q(screen__theatre=theatre.pk), ("theatre", theatre.pk))


@require_safe
@feed_cache
@conditional_page
def screen_calendar(request: HtmxRequest, slug: str, pk: int) -> HttpResponse:
    """All shows on a screen."""
    screen = or_404(screen_by_key(slug, pk))
    return _calendar(f"{screen.theatre}, {screen}", Q(screen=screen.pk), ("screen", screen.pk))


@require_safe
@feed_cache
@conditional_page
def movie_calendar(request: HtmxRequest, slug: str) -> HttpResponse:
    """All shows of a film."""
    movie = or_404(movie_by_slug(slug))
    return _calendar(movie.localized.title, with_film(movie.pk), ("movie", movie.pk))


@require_safe
@feed_cache
@conditional_page
def season_calendar(request: HtmxRequest, slug: str) -> HttpResponse:
    """All shows of a season."""
    season = or_404(season_by_slug(slug))
    return _calendar(season.localized.title, Q(), ("season", season.pk), Filters(season=season))


@require_safe
@feed_cache
@conditional_page
def programme_calendar(request: HtmxRequest) -> HttpResponse:
    """The shows of the programme that match its filters, whatever the day.

    It is empty if a filter names what is not there, such as a language that no upcoming show has any more: a calendar
    that somebody subscribed to must not fill with everything else.
    """
    chosen = {name: value for name, value in request.GET.items() if name != "day"}
    seasons = current_seasons() if "season" in chosen else ()
    form = ProgrammeForm(chosen, options=filter_options(seasons))
    is_there = form.is_valid()
    filters, of = form.filters, Q() if is_there else Q(pk__in=())
    key = None if filters.q else ("programme", is_there, *form.query.items())  # there are too many searches to keep
    return _calendar(title_of(filters), of, key, filters)


def _calendar(name: str, of: Q, key: Hashable, filters: Filters = EVERYTHING) -> HttpResponse:
    """The calendar of the shows that meet the condition ``of`` and the ``filters``, under a name.

    It is kept under its ``key``, if it has one.
    """

    def make() -> bytes:
        now = timezone.now()
        return show_calendar.write(one_line(name), map(_entry, listed_shows(of, now, filters)), now)

    if key is None:
        return HttpResponse(make(), content_type=show_calendar.CONTENT_TYPE)
    return feed(("calendar", name, key), make, show_calendar.CONTENT_TYPE)


def _entry(show: Show) -> show_calendar.CalendarEntry:
    theatre, url = show.screen.theatre, on_site(show.get_absolute_url())
    is_cancelled = show.status == Show.Status.CANCELLED
    summary = _("Cancelled: %(movie)s at %(theatre)s") if is_cancelled else _("%(movie)s at %(theatre)s")
    more = [running_order(show), f"{show.get_format_display()}, {spoken(show)}", label_words(show)]
    return show_calendar.CalendarEntry(
        uid=f"show-{show.pk}@{urlsplit(settings.SITE_URL).hostname}",
        sequence=show.version,
        starts_at=show.starts_at,
        ends_at=show.film_ends_at,
        summary=one_line(summary % {"movie": show.localized.title, "theatre": theatre}),
        location=one_line(f"{theatre.name}, {show.screen}, {theatre.full_address}"),
        description="\n".join(filter(None, [show_when(show), *map(one_line, more), url])),
        url=url,
        is_cancelled=is_cancelled,
    )


class NewFilms(Feed):
    """The films on the programme as RSS, the newest first, each with the moment its first show was put on sale."""

    feed_url = link = ""

    def title(self) -> str:
        return _("New films")

    def description(self) -> str:
        return _("What is new on our programme.")

    def get_feed(self, obj: Any, request: HttpRequest) -> Any:
        self.link, self.feed_url = on_site(reverse("programme")), on_site(reverse("new-films"))
        return super().get_feed(obj, request)

    def items(self) -> list[NewFilm]:
        return new_films()

    def item_title(self, item: NewFilm) -> str:
        return one_line(item.movie.localized.title)

    def item_link(self, item: NewFilm) -> str:
        return on_site(item.movie.get_absolute_url())

    def item_description(self, item: NewFilm) -> str:
        movie, show = item.movie, item.next_show
        next_show = _("Next show: %(when)s, %(theatre)s.") % {"when": show_when(show), "theatre": show.screen.theatre}
        double = show.localized.title if show.further_minutes else ""
        lines = [movie.localized.synopsis, next_show, double, label_words(show)]
        return "\n".join(filter(None, map(one_line, lines)))

    def item_pubdate(self, item: NewFilm) -> datetime | None:
        return item.published_at

    def item_categories(self, item: NewFilm) -> list[str]:
        return [one_line(str(genre)) for genre in item.movie.genres.all()]


@require_safe
@feed_cache
@conditional_page
def films_feed(request: HtmxRequest) -> HttpResponse:
    """New films as RSS."""
    return feed("films", lambda: NewFilms()(request).content, "application/rss+xml; charset=utf-8")
