"""Coming shows for feeds: calendars, aggregators, news of films."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Min, OuterRef, Q, Subquery
from django.db.models.functions import Now

from cinema.models import Movie, Screen, Show
from cinema.selectors.schedule.plain_prices import with_plain_prices
from cinema.selectors.schedule.programme import upcoming_shows

AHEAD = timedelta(days=60)  # how far feeds look
NEWEST = 20  # films

IN_FEEDS = (Show.Status.SCHEDULED, Show.Status.CANCELLED)


def listed_shows(of: Q, now: datetime) -> list[Show]:
    """Return the shows of AHEAD with film, place, languages and prices, and the cancelled ones; in two statements."""
    shows = Show.objects.filter(of, status__in=IN_FEEDS, starts_at__gt=Now(), starts_at__lt=now + AHEAD)
    details = shows.select_related("movie", "screen__theatre", "language", "subtitles").order_by("starts_at", "pk")
    return with_plain_prices(details.defer("movie__synopsis", "movie__cast", "movie__search_words"))


class NewFilm(NamedTuple):
    """A film with its next show, and when its first show was published: None for shows of before that was recorded."""

    movie: Movie
    next_show: Show
    published_at: datetime | None


def new_films() -> list[NewFilm]:
    """Return the films on the programme, the one whose first show ever is latest first, in three statements."""
    coming = upcoming_shows().filter(movie=OuterRef("pk")).order_by("starts_at", "pk")
    shown = Q(shows__status=Show.Status.SCHEDULED)
    films = Movie.objects.annotate(next_show=Subquery(coming.values("pk")[:1])).exclude(next_show=None)
    films = films.annotate(
        first_show=Min("shows__starts_at", filter=shown), published_at=Min("shows__published_at", filter=shown)
    ).order_by("-first_show", "title")
    newest = {film.next_show: film for film in films.prefetch_related("genres")[:NEWEST]}  # type: ignore[attr-defined]
    shows = Show.objects.select_related("screen__theatre").in_bulk(newest)
    return [NewFilm(film, shows[pk], film.published_at) for pk, film in newest.items() if pk in shows]  # type: ignore[attr-defined]


def screen_by_key(slug: str, pk: int) -> Screen | None:
    """The open screen of the theatre with this slug, with its theatre; None if there is none."""
    return Screen.objects.filter(pk=pk, theatre__slug=slug, retired_at=None).select_related("theatre").first()
