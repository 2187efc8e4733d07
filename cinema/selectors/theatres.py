"""Reads about one theatre."""

from django.db.models import Count, Q

from cinema.models import Screen, Theatre


def theatre_by_slug(slug: str) -> Theatre | None:
    """Return the theatre, or None."""
    return Theatre.objects.filter(slug=slug).first()


def screens_of(theatre: Theatre) -> list[Screen]:
    """Return the theatre's open screens by name, each with ``seat_count``."""
    standing = Count("seats", filter=Q(seats__retired_at=None))
    return list(theatre.screens.filter(retired_at=None).annotate(seat_count=standing).order_by("name"))
