"""Reads for generated posters."""

from collections.abc import Mapping
from typing import Any

from cinema.models import Movie


def poster_facts(slug: str) -> Mapping[str, Any] | None:
    """The arguments of draw_poster() for a film; None if there is no such film."""
    return Movie.objects.filter(slug=slug).values("slug", "title", "director", "year").first()
