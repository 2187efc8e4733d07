"""Adjust planned shows to a film's new runtime."""

from collections import Counter
from datetime import timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from cinema.exceptions import RunsIntoNext
from cinema.models import Movie, Show
from cinema.services.core.locking import lock_screens


def end_shows_after(*, movie: Movie) -> int:
    """Recompute the ends of the film's coming shows in the caller's transaction; return how many changed.

    Raises RunsIntoNext if one would overlap the next show on its screen.
    """
    lock_screens(list(_to_come(movie).order_by().values_list("screen_id", flat=True).distinct()))
    following = Show.objects.filter(screen=OuterRef("screen"), ends_at__gt=OuterRef("ends_at"))
    following = following.exclude(status=Show.Status.CANCELLED).order_by("ends_at")
    shows = list(_to_come(movie).annotate(next_id=Subquery(following.values("pk")[:1])).order_by("starts_at"))
    begins = dict(Show.objects.filter(pk__in={show.next_id for show in shows}).values_list("pk", "starts_at"))
    lengths: Counter[tuple[int, int]] = Counter()
    for show in shows:
        length = _length(movie, show.trailers, show.turnaround)
        if show.next_id and show.starts_at + length > begins[show.next_id]:
            raise RunsIntoNext(show, Show.objects.select_related("movie", "screen__theatre").get(pk=show.next_id))
        lengths[show.trailers, show.turnaround] += show.ends_at != show.starts_at + length
    for (trailers, turnaround), changed in lengths.items():
        if changed:
            _to_come(movie).filter(trailers=trailers, turnaround=turnaround).update(
                ends_at=F("starts_at") + _length(movie, trailers, turnaround)
            )
    return lengths.total()


def _to_come(movie: Movie) -> QuerySet[Show]:
    return Show.objects.filter(movie=movie, ends_at__gt=Now()).exclude(status=Show.Status.CANCELLED)


def _length(movie: Movie, trailers: int, turnaround: int) -> timedelta:
    return timedelta(minutes=trailers + movie.runtime + turnaround)
