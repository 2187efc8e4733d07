"""Adjust planned shows to a film's new runtime."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from cinema.exceptions import RunsIntoHire, RunsIntoNext
from cinema.models import Movie, PrivateHire, Show
from cinema.services.core.locking import lock_screens


def end_shows_after(*, movie: Movie) -> int:
    """Recompute the ends of the film's coming shows in the caller's transaction; return how many changed.

    Raises RunsIntoNext or RunsIntoHire if one would overlap what comes next on its screen.
    """
    lock_screens(list(_to_come(movie).order_by().values_list("screen_id", flat=True).distinct()))
    following = Show.objects.filter(screen=OuterRef("screen"), ends_at__gt=OuterRef("ends_at"))
    following = following.exclude(status=Show.Status.CANCELLED).order_by("ends_at")
    shows = list(_to_come(movie).annotate(next_id=Subquery(following.values("pk")[:1])).order_by("starts_at"))
    begins = dict(Show.objects.filter(pk__in={show.next_id for show in shows}).values_list("pk", "starts_at"))
    hires = _hires(shows)
    lengths: Counter[tuple[int, int]] = Counter()
    for show in shows:
        length = _length(movie, show.trailers, show.turnaround)
        if show.next_id and show.starts_at + length > begins[show.next_id]:
            raise RunsIntoNext(show, Show.objects.select_related("movie", "screen__theatre").get(pk=show.next_id))
        if hire := next((hire for hire in hires if _runs_into(show, length, hire)), None):
            raise RunsIntoHire(show, hire)
        lengths[show.trailers, show.turnaround] += show.ends_at != show.starts_at + length
    for (trailers, turnaround), changed in lengths.items():
        if changed:
            _to_come(movie).filter(trailers=trailers, turnaround=turnaround).update(
                ends_at=F("starts_at") + _length(movie, trailers, turnaround)
            )
    return lengths.total()


def _hires(shows: Sequence[Show]) -> list[PrivateHire]:
    """The hires on the screens of these shows that are not over."""
    hires = PrivateHire.objects.filter(screen__in={show.screen_id for show in shows}, ends_at__gt=Now())
    return list(hires.select_related("screen__theatre").order_by("starts_at"))


def _runs_into(show: Show, length: timedelta, hire: PrivateHire) -> bool:
    end = show.starts_at + length
    return show.screen_id == hire.screen_id and hire.starts_at < end and hire.ends_at > show.starts_at


def _to_come(movie: Movie) -> QuerySet[Show]:
    return Show.objects.filter(movie=movie, ends_at__gt=Now()).exclude(status=Show.Status.CANCELLED)


def _length(movie: Movie, trailers: int, turnaround: int) -> timedelta:
    return timedelta(minutes=trailers + movie.runtime + turnaround)
