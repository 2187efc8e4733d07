"""Reads about one theatre."""

from django.db.models import Count

from cinema.models import Screen, Theatre


def theatre_by_slug(slug: str) -> Theatre | None:
    """Return the theatre, or None."""
    return Theatre.objects.filter(slug=slug).first()


def screens_of(theatre: Theatre) -> list[Screen]:
    """Return the theatre's screens by name, each with ``seat_count``."""
    return list(theatre.screens.annotate(seat_count=Count("seats")).order_by("name"))
