"""Alternatives for a search for a film without results."""

from typing import NamedTuple

from cinema.domain.folding import nearest
from cinema.models import Movie, shown_at
from cinema.selectors.schedule.programme import upcoming_shows

MOST = 5  # films suggested
MOST_COMPARED = 500


class FilmAlternatives(NamedTuple):
    """Films that match the search but not the filters (``elsewhere``); else films that match but have no shows
    (``idle``); else films with shows and a similar title (``near``); else some of those with shows (``others``)."""

    elsewhere: list[Movie]
    idle: list[Movie]
    near: list[Movie]
    others: list[Movie]


def alternatives_to(typed: str) -> FilmAlternatives:
    """The films to suggest after a search without results, in at most three statements."""
    films = Movie.objects.only("slug", "title", "title_translations", "poster").order_by("title", "pk")
    coming = films.filter(shown_at(upcoming_shows()))
    if elsewhere := list(coming.found_by(typed)[:MOST]):
        return FilmAlternatives(elsewhere, [], [], [])
    if idle := list(films.filter(retired_at=None).found_by(typed)[:MOST]):
        return FilmAlternatives([], idle, [], [])
    compared = coming.only("slug", "title", "title_translations", "poster", "search_words")[:MOST_COMPARED]
    there = {film.pk: film for film in compared}
    titles = {pk: film.localized.title for pk, film in there.items()}
    words = {pk: film.search_words for pk, film in there.items()}
    near = [there[pk] for pk in nearest(typed, titles, words)[:MOST]]
    return FilmAlternatives([], [], near, [] if near else [*there.values()][:MOST])
