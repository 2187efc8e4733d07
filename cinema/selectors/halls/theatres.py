"""Reads about one theatre."""

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from cinema.models import PrivateHire, Screen, Show, Theatre
from cinema.selectors.core.compiled import Compiled


def theatre_by_slug(slug: str) -> Theatre | None:
    """Return the theatre, or None."""
    return next(iter(_theatres(slug)), None)


@Compiled
def _theatres(slug: str) -> QuerySet[Theatre]:
    return Theatre.objects.filter(slug=slug)


def screens_of(theatre: Theatre) -> list[Screen]:
    """Return the theatre's open screens by name, each with ``seat_count``."""
    screens = _screens(theatre.pk)
    for screen in screens:
        screen.theatre = theatre
    return screens


@Compiled
def _screens(theatre: int) -> QuerySet[Screen]:
    standing = Count("seats", filter=Q(seats__retired_at=None))
    return Screen.objects.filter(theatre=theatre, retired_at=None).annotate(seat_count=standing).order_by("name")


def theatres_with_screens() -> QuerySet[Theatre]:
    """All theatres by name, each with the number of its open screens (``screen_count``), in one query."""
    return Theatre.objects.annotate(screen_count=Count("screens", filter=Q(screens__retired_at=None))).order_by("name")


def planned_at(theatre: Theatre) -> int:
    """The number of shows, drafts and private hires at the theatre that are not over. One statement."""
    at = {"screen__theatre": theatre, "ends_at__gt": Now()}
    shows, hires = Show.objects.exclude(status=Show.Status.CANCELLED).filter(**at), PrivateHire.objects.filter(**at)
    return shows.order_by().values("pk").union(hires.order_by().values("pk"), all=True).count()
