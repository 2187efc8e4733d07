"""Further films of shows: double bills."""

from collections.abc import Iterable, Mapping, Sequence

from cinema.exceptions import FilmTwice, SharesTooLarge
from cinema.models import Feature, FurtherFilm, Movie, Show
from cinema.models.features import WHOLE


def film_problem(*, show: Show) -> FilmTwice | SharesTooLarge | None:
    """What is wrong with the further films of a show, saved or not: a film twice, or shares above 100 percent."""
    twice = next((movie for number, movie in enumerate(show.films) if movie in show.films[:number]), None)
    if twice:
        return FilmTwice(twice)
    return SharesTooLarge() if sum(each.share for each in show.further) > WHOLE else None


def with_movies(*, further: Iterable[FurtherFilm], movies: Mapping[int, Movie]) -> tuple[FurtherFilm, ...]:
    """The same further films with these locked rows, by key."""
    return tuple(each._replace(movie=movies[each.movie.pk]) for each in further)


def add_features(*, shows: Sequence[Show]) -> None:
    """Write the further films of new shows in the caller's transaction; no statement without a double bill."""
    rows = [
        Feature(show=show, position=position, **each._asdict())
        for show in shows
        for position, each in enumerate(show.further, start=2)
    ]
    if rows:
        Feature.objects.bulk_create(rows)


def replace_features(*, show: Show) -> None:
    """Write the further films of a show in place of those it had, in the caller's transaction."""
    Feature.objects.filter(show=show).delete()
    add_features(shows=[show])
