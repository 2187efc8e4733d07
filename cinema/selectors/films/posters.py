"""Reads for generated posters and cards."""

from collections.abc import Mapping
from typing import Any

from cinema.models import Movie, Show, with_film
from cinema.selectors.core.features import with_features
from cinema.selectors.schedule.programme import upcoming_shows

MOST_SHOWS = 15


def poster_facts(slug: str) -> Mapping[str, Any] | None:
    """The arguments of draw_poster() for a film; None if there is no such film."""
    return Movie.objects.filter(slug=slug).values("slug", "title", "director", "year").first()


def film_on_card(slug: str) -> Movie | None:
    """The film with what its card shows; None if there is no such film."""
    return (
        Movie.objects.only("slug", "title", "title_translations", "director", "year", "poster")
        .filter(slug=slug)
        .first()
    )


def next_shows(movie: Movie) -> list[Show]:
    """Its next shows with their films and theatres, for a card."""
    shows = upcoming_shows().filter(with_film(movie)).select_related("movie", "screen__theatre")
    return with_features(shows.order_by("starts_at", "pk")[:MOST_SHOWS])
