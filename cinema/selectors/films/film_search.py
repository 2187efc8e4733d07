"""What a search for a film can offer when no show fits."""

from typing import NamedTuple

from cinema.domain.folding import nearest
from cinema.models import Movie
from cinema.selectors.schedule.programme import upcoming_shows

MOST = 5  # films offered
MOST_COMPARED = 500


class Instead(NamedTuple):
    """The films that fit but have shows ``elsewhere`` only, or in other versions; else films of the library that fit
    and have none (``idle``); else those with shows whose names are ``near`` to what was typed."""

    elsewhere: list[Movie]
    idle: list[Movie]
    near: list[Movie]


def instead_of(typed: str) -> Instead:
    """What to offer after a search without results, in at most three statements."""
    films = Movie.objects.only("slug", "title").order_by("title", "pk")
    coming = films.filter(pk__in=upcoming_shows().values("movie"))
    if elsewhere := list(coming.found_by(typed)[:MOST]):
        return Instead(elsewhere, [], [])
    if idle := list(films.filter(retired_at=None).found_by(typed)[:MOST]):
        return Instead([], idle, [])
    there = {film.pk: film for film in coming.only("slug", "title", "search_words")[:MOST_COMPARED]}
    titles, words = ({pk: getattr(film, name) for pk, film in there.items()} for name in ("title", "search_words"))
    return Instead([], [], [there[pk] for pk in nearest(typed, titles, words)[:MOST]])
