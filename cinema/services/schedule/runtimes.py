"""Adjust planned shows to a film's new runtime."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Now

from cinema.exceptions import RunsIntoHire, RunsIntoNext
from cinema.models import Movie, PrivateHire, Show, with_film
from cinema.selectors.core.features import with_features
from cinema.services.core.locking import lock_screens


class _Length(NamedTuple):
    """The minutes that a show takes, and those of its further films and the breaks before them."""

    minutes: int
    further: int


def end_shows_after(*, movie: Movie) -> int:
    """Recompute the ends of the coming shows that show the saved film, as the first or a further one, in the caller's
    transaction; return how many changed.

    Raises RunsIntoNext or RunsIntoHire if one would overlap what comes next on its screen.
    """
    lock_screens(list(_to_come(movie).order_by().values_list("screen_id", flat=True).distinct()))
    following = Show.objects.filter(screen=OuterRef("screen"), ends_at__gt=OuterRef("ends_at"))
    following = following.exclude(status=Show.Status.CANCELLED).order_by("ends_at")
    coming = _to_come(movie).annotate(next_id=Subquery(following.values("pk")[:1])).order_by("starts_at")
    shows = with_features(coming.select_related("movie"))
    begins = dict(Show.objects.filter(pk__in={show.next_id for show in shows}).values_list("pk", "starts_at"))
    hires = _hires(shows)
    changed: defaultdict[_Length, list[int]] = defaultdict(list)
    for show in shows:
        length = _length(show)
        end = show.starts_at + timedelta(minutes=length.minutes)
        if show.next_id and end > begins[show.next_id]:
            raise RunsIntoNext(show, Show.objects.select_related("movie", "screen__theatre").get(pk=show.next_id))
        if hire := next((hire for hire in hires if _runs_into(show, end, hire)), None):
            raise RunsIntoHire(show, hire)
        if show.ends_at != end:
            changed[length].append(show.pk)
    for length, keys in changed.items():
        end_at = F("starts_at") + timedelta(minutes=length.minutes)
        Show.objects.filter(pk__in=keys).update(ends_at=end_at, further_minutes=length.further)
    return sum(map(len, changed.values()))


def _hires(shows: Sequence[Show]) -> list[PrivateHire]:
    """The hires on the screens of these shows that are not over."""
    hires = PrivateHire.objects.filter(screen__in={show.screen_id for show in shows}, ends_at__gt=Now())
    return list(hires.select_related("screen__theatre").order_by("starts_at"))


def _runs_into(show: Show, end: datetime, hire: PrivateHire) -> bool:
    return show.screen_id == hire.screen_id and hire.starts_at < end and hire.ends_at > show.starts_at


def _to_come(movie: Movie) -> QuerySet[Show]:
    return Show.objects.filter(with_film(movie), ends_at__gt=Now()).exclude(status=Show.Status.CANCELLED)


def _length(show: Show) -> _Length:
    show.set_further(show.further)
    return _Length(show.trailers + show.runtime + show.turnaround, show.further_minutes)
