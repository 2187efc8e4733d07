"""Alternatives for a search for a film without results."""

from typing import NamedTuple

from cinema.domain.folding import nearest
from cinema.models import Movie, shown_at
from cinema.selectors.schedule.programme import upcoming_shows

MOST = 5  # films suggested
MOST_COMPARED = 500


class Alternatives(NamedTuple):
    """Films that match the search but not the filters (``elsewhere``); else films that match but have no shows
    (``idle``); else films with shows and a similar title (``near``)."""

    elsewhere: list[Movie]
    idle: list[Movie]
    near: list[Movie]


def alternatives_to(typed: str) -> Alternatives:
    """The films to suggest after a search without results, in at most three statements."""
    films = Movie.objects.only("slug", "title", "title_translations").order_by("title", "pk")
    coming = films.filter(shown_at(upcoming_shows()))
    if elsewhere := list(coming.found_by(typed)[:MOST]):
        return Alternatives(elsewhere, [], [])
    if idle := list(films.filter(retired_at=None).found_by(typed)[:MOST]):
        return Alternatives([], idle, [])
    there = {
        film.pk: film for film in coming.only("slug", "title", "title_translations", "search_words")[:MOST_COMPARED]
    }
    titles = {pk: film.localized.title for pk, film in there.items()}
    words = {pk: film.search_words for pk, film in there.items()}
    return Alternatives([], [], [there[pk] for pk in nearest(typed, titles, words)[:MOST]])
