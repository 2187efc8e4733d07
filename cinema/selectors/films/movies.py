"""Reads about one film."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import prefetch_related_objects

from cinema.models import Movie, Show, Theatre
from cinema.selectors.schedule.plain_prices import with_plain_prices
from cinema.selectors.schedule.programme import Showing, showings, upcoming_shows


@dataclass(frozen=True)
class MoviePlace:
    """A theatre and its showings of one film, day by day."""

    theatre: Theatre
    showings: list[Showing]


def movie_by_slug(slug: str) -> Movie | None:
    """Return the film with its genres and languages, in three queries."""
    return Movie.objects.prefetch_related("genres", "languages").filter(slug=slug).first()


def with_languages(movies: Iterable[Movie]) -> list[Movie]:
    """Load the languages of films, in one query."""
    movies = list(movies)
    prefetch_related_objects(movies, "languages")
    return movies


def shows_of(movie: Movie) -> list[Show]:
    """Return the film's upcoming shows with their prices, the next one first, in two queries."""
    shows = upcoming_shows().filter(movie=movie).order_by("starts_at")
    found = list(shows.select_related("screen__theatre", "language", "subtitles"))
    for show in found:
        show.movie = movie
    return with_plain_prices(found)


def places(shows: Iterable[Show], *, first_city: str = "", day: date | None = None) -> list[MoviePlace]:
    """Group a film's shows by theatre, those in ``first_city`` first; only those of ``day``, if given."""
    by_theatre: dict[Theatre, list[Showing]] = {}
    for showing in showings(show for show in shows if day in (None, show.trading_day)):
        by_theatre.setdefault(showing.theatre, []).append(showing)
    order = sorted(by_theatre, key=lambda theatre: (theatre.city != first_city, theatre.city, theatre.name))
    return [MoviePlace(theatre, by_theatre[theatre]) for theatre in order]
