"""The genres of films, for pages that name them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import QuerySet

from cinema.models import Genre, Movie
from cinema.selectors.core.compiled import Compiled, give


def with_genres(movies: Iterable[Movie]) -> list[Movie]:
    """Load the genres of films by name, in one statement; none without films."""
    movies = list(movies)
    of_movie: defaultdict[int, list[Genre]] = defaultdict(list)
    for link in _links([movie.pk for movie in movies]) if movies else ():
        of_movie[link.movie_id].append(link.genre)
    for movie in movies:
        give(movie, "genres", of_movie[movie.pk])
    return movies


@Compiled
def _links(movies: Collection[int]) -> QuerySet[Any]:
    return Movie.genres.through.objects.filter(movie__in=movies).select_related("genre").order_by("genre__name")
