"""Reads about seasons."""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from cinema.models import Movie, Season, Show, Theatre
from cinema.selectors.core.remembered import Remembered
from cinema.selectors.schedule.programme import Filters, Programme, detailed, films_of, matching_shows


def _read_seasons() -> list[Season]:
    """All seasons with films, each with the keys of these, in two statements."""
    films = Prefetch("movies", Movie.objects.only("pk").order_by())
    found = Season.objects.select_related("theatre").prefetch_related(films)
    return [season for season in found if season.movies.all()]


seasons = Remembered[list[Season]](_read_seasons, empty=[])


class SeasonProgramme(NamedTuple):
    """The ``programme`` of a season, and its films without upcoming shows in it."""

    programme: Programme
    others: list[Movie]


def current_seasons(theatre: Theatre | None = None) -> list[Season]:
    """The seasons with films that are not over; only those at the theatre, if one is given.

    Every page of the programme names them, so each process remembers them for some seconds.
    """
    now = timezone.now()
    here = (None, theatre.pk) if theatre else None
    return [each for each in seasons() if not each.is_over(now) and (here is None or each.theatre_id in here)]


def seasons_with(movie: Movie, shows: Collection[Show] = ()) -> list[Season]:
    """The seasons of a film that are not over; only those that one of its ``shows`` belongs to, if there are any."""
    of_film = (season for season in current_seasons() if movie in season.movies.all())
    return [season for season in of_film if not shows or any(map(season.includes, shows))]


def season_by_slug(slug: str) -> Season | None:
    """The season, with its theatre."""
    return Season.objects.select_related("theatre").filter(slug=slug).first()


def season_programme(season: Season) -> SeasonProgramme:
    """The upcoming shows of a season, the film with the next one first, in four statements.

    A double bill is among the shows of each of its films in the season. Double bills take two statements more.
    """
    named = ("slug", "title", "title_translations", "poster", "retired_at")
    movies = list(season.movies.only(*named).order_by("title", "pk"))
    filters = Filters(season=season)
    films = films_of(detailed(matching_shows(filters)).select_related("screen__theatre"), [], filters)
    shown = {film.movie for film in films}
    others = [movie for movie in movies if movie not in shown and not movie.retired_at]
    today = timezone.now().date()
    return SeasonProgramme(Programme(films=films, day=None, days=[], trading_day=today, today=today), others)


def seasons_at(theatres: Collection[Theatre]) -> QuerySet[Season]:
    """The seasons that a manager of these theatres may change: those at one of them, and those at all theatres."""
    return Season.objects.filter(Q(theatre=None) | Q(theatre__in=theatres)).select_related("theatre")
