"""Reads for drawn posters."""

from typing import Any

from cinema.models import Movie


def poster_facts(slug: str) -> dict[str, Any] | None:
    """What draw_poster() wants to know of a film, in one query; None when there is no such film."""
    rows = Movie.objects.filter(slug=slug).values("slug", "title", "director", "year", "genres__name")
    if not rows:
        return None
    genres = [row["genres__name"] for row in rows if row["genres__name"]]
    return {name: rows[0][name] for name in ("slug", "title", "director", "year")} | {"genres": genres}
