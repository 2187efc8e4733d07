"""No two shows on one screen at one time: seen under the lock of the screen, and kept by the database itself."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cinema.exceptions import Overlap
from cinema.models import Show

CONSTRAINT = "show_alone_on_its_screen"  # of PostgreSQL, and of SQLite's triggers


class Busy:
    """What is on the screens of some shows around their time, and what is added to it; drafts count."""

    def __init__(self, shows: Collection[Show]) -> None:
        self._by_screen: defaultdict[int, list[Show]] = defaultdict(list)
        for show in _around(shows) if shows else ():
            self._by_screen[show.screen_id].append(show)

    def other(self, show: Show) -> Show | None:
        """The other show on the screen of ``show`` at its time, if any."""
        there = self._by_screen[show.screen_id]
        return next((o for o in there if o.starts_at < show.ends_at and o.ends_at > show.starts_at), None)

    def add(self, show: Show) -> None:
        """Count ``show`` as well from now on."""
        self._by_screen[show.screen_id].append(show)


def check_overlaps(shows: Sequence[Show]) -> None:
    """Raise Overlap for the first of ``shows``, whose screens are locked, whose screen is taken."""
    busy = Busy(shows)
    for show in shows:
        if other := busy.other(show):
            raise Overlap(other)
        busy.add(show)


@contextmanager
def kept_apart(shows: Sequence[Show]) -> Iterator[None]:
    """Write shows: should the database itself find a screen taken, say so as check_overlaps() does. Raises Overlap."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if CONSTRAINT in str(error):
            check_overlaps(shows)
        raise


def _around(shows: Collection[Show]) -> QuerySet[Show]:
    """Every other show, unless cancelled, on their screens between the first start and the last end."""
    return (
        Show.objects.filter(
            screen__in={show.screen_id for show in shows},
            starts_at__lt=max(show.ends_at for show in shows),
            ends_at__gt=min(show.starts_at for show in shows),
        )
        .exclude(status=Show.Status.CANCELLED)
        .exclude(pk__in=[show.pk for show in shows if show.pk])
        .select_related("movie", "screen__theatre")
        .defer("movie__synopsis", "movie__cast")
        .order_by("starts_at")
    )
