"""Coming shows for feeds: calendars, aggregators, news of films."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least, Now

from cinema.models import Feature, Movie, Screen, Show, shown_at, with_film
from cinema.selectors.core.features import with_features
from cinema.selectors.schedule.plain_prices import with_plain_prices
from cinema.selectors.schedule.programme import Filters, matching, upcoming_shows

AHEAD = timedelta(days=60)  # how far feeds look
NEWEST = 20  # films
MOST_OTHERS = 6  # shows, or films
MOST_SEARCHED = 50  # shows
EVERYTHING = Filters()

IN_FEEDS = (Show.Status.SCHEDULED, Show.Status.CANCELLED)


def listed_shows(of: Q, now: datetime, filters: Filters = EVERYTHING) -> list[Show]:
    """Return the shows of AHEAD that match, with films, place, languages and prices, and the cancelled ones; in two
    statements, and one more if there are double bills."""
    shows = Show.objects.filter(of, status__in=IN_FEEDS, starts_at__gt=Now(), starts_at__lt=now + AHEAD)
    details = (
        matching(shows, filters)
        .select_related("movie", "screen__theatre", "language", "subtitles")
        .order_by("starts_at", "pk")
    )
    return with_plain_prices(with_features(details.defer("movie__synopsis", "movie__cast", "movie__search_words")))


def other_shows(show: Show) -> list[Show]:
    """Return the next shows of the film at the show's theatre that have free seats, without the show; in one statement,
    and one more if there are double bills."""
    at_theatre = upcoming_shows().filter(with_film(show.movie_id), screen__theatre=show.screen.theatre_id)
    free = at_theatre.filter(seats_free__gt=0, sales_end_at__gt=Now()).exclude(pk=show.pk)
    return with_features(free.select_related("movie", "screen__theatre").order_by("starts_at", "pk")[:MOST_OTHERS])


def next_films() -> list[Movie]:
    """Return a few films with upcoming shows, the one with the next show first, in two statements."""
    keys = dict.fromkeys(upcoming_shows().order_by("starts_at", "pk").values_list("movie", flat=True)[:MOST_SEARCHED])
    films = Movie.objects.in_bulk([*keys][:MOST_OTHERS])
    return [films[key] for key in keys if key in films]


class NewFilm(NamedTuple):
    """A film with its next show, and when its first show was published: None for shows of before that was recorded."""

    movie: Movie
    next_show: Show
    published_at: datetime | None


def new_films() -> list[NewFilm]:
    """Return the films on the programme, the one whose first show ever is latest first, in three statements, and one
    more if there are double bills."""
    further = Feature.objects.filter(movie=OuterRef(OuterRef("pk"))).order_by().values("show")
    coming = upcoming_shows().filter(Q(movie=OuterRef("pk")) | Q(pk__in=further)).order_by("starts_at", "pk")
    films = Movie.objects.filter(shown_at(upcoming_shows())).annotate(
        next_show=Subquery(coming.values("pk")[:1]), first_show=_first("starts_at"), published_at=_first("published_at")
    )
    newest: list[Any] = list(films.order_by("-first_show", "title").prefetch_related("genres")[:NEWEST])
    shows = Show.objects.select_related("movie", "screen__theatre").in_bulk({film.next_show for film in newest})
    with_features(shows.values())
    return [NewFilm(film, shows[film.next_show], film.published_at) for film in newest if film.next_show in shows]


def _first(moment: str) -> Coalesce:
    """The earliest ``moment`` of a film's published shows, those in which it is a further film included."""
    own = Min(f"shows__{moment}", filter=Q(shows__status=Show.Status.SCHEDULED))
    double = Min(f"features__show__{moment}", filter=Q(features__show__status=Show.Status.SCHEDULED))
    return Coalesce(Least(own, double), own, double)  # on SQLite, LEAST of anything and NULL is NULL


def screen_by_key(slug: str, pk: int) -> Screen | None:
    """The open screen of the theatre with this slug, with its theatre; None if there is none."""
    return Screen.objects.filter(pk=pk, theatre__slug=slug, retired_at=None).select_related("theatre").first()
