"""Reads about one film."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from cinema.models import Movie, Show, Theatre, with_film
from cinema.selectors.core.compiled import Compiled, give
from cinema.selectors.core.features import with_features
from cinema.selectors.schedule.genres import with_genres
from cinema.selectors.schedule.plain_prices import with_plain_prices
from cinema.selectors.schedule.programme import Showing, showings, upcoming_shows


@dataclass(frozen=True)
class MoviePlace:
    """A theatre and its showings of one film, day by day."""

    theatre: Theatre
    showings: list[Showing]


def movie_by_slug(slug: str) -> Movie | None:
    """Return the film with its genres and languages, in three queries."""
    for movie in _movies(slug):
        with_genres([movie])
        give(movie, "languages", [link.language for link in _languages(movie.pk)])
        return movie
    return None


@Compiled
def _movies(slug: str) -> QuerySet[Movie]:
    return Movie.objects.filter(slug=slug)


@Compiled
def _languages(movie: int) -> QuerySet[Any]:
    return Movie.languages.through.objects.filter(movie=movie).select_related("language").order_by("language__name")


def with_languages(movies: Iterable[Movie]) -> list[Movie]:
    """Load the languages of films, in one query."""
    movies = list(movies)
    prefetch_related_objects(movies, "languages")
    return movies


def shows_of(movie: Movie) -> list[Show]:
    """Return the film's upcoming shows with their prices, the next one first, in two queries, and two more if there are
    double bills."""
    found = _shows(movie.pk)
    others = {show.movie_id for show in found} - {movie.pk}
    first = {movie.pk: movie} | (Movie.objects.in_bulk(others) if others else {})
    for show in found:
        show.movie = first[show.movie_id]
    return with_plain_prices(with_features(found))


@Compiled
def _shows(movie: int) -> QuerySet[Show]:
    shows = upcoming_shows().filter(with_film(movie)).order_by("starts_at")
    return shows.select_related("screen__theatre", "language", "subtitles")


def places(shows: Iterable[Show], *, first_city: str = "", day: date | None = None) -> list[MoviePlace]:
    """Group a film's shows by theatre, those in ``first_city`` first; only those of ``day``, if given."""
    by_theatre: dict[Theatre, list[Showing]] = {}
    for showing in showings(show for show in shows if day in (None, show.trading_day)):
        by_theatre.setdefault(showing.theatre, []).append(showing)
    order = sorted(by_theatre, key=lambda theatre: (theatre.city != first_city, theatre.city, theatre.name))
    return [MoviePlace(theatre, by_theatre[theatre]) for theatre in order]
