"""No two shows on one screen at one time: checked under the screen's lock, and enforced by a constraint."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from cinema.exceptions import Overlap
from cinema.models import Show

CONSTRAINT = "show_alone_on_its_screen"  # on PostgreSQL; triggers raise it on SQLite


class Busy:
    """The times when the screens of some shows are taken. Drafts count; cancelled shows do not."""

    def __init__(self, shows: Collection[Show]) -> None:
        self._by_screen: defaultdict[int, list[Show]] = defaultdict(list)
        for show in _around(shows) if shows else ():
            self._by_screen[show.screen_id].append(show)

    def other(self, show: Show) -> Show | None:
        """The show that overlaps ``show`` on its screen, if any."""
        there = self._by_screen[show.screen_id]
        return next((o for o in there if o.starts_at < show.ends_at and o.ends_at > show.starts_at), None)

    def add(self, show: Show) -> None:
        """Add ``show`` to the taken times."""
        self._by_screen[show.screen_id].append(show)


def check_overlaps(shows: Sequence[Show]) -> None:
    """Raise Overlap for the first of ``shows`` whose screen is taken. The caller has locked the screens."""
    busy = Busy(shows)
    for show in shows:
        if other := busy.other(show):
            raise Overlap(other)
        busy.add(show)


@contextmanager
def overlaps_raised(shows: Sequence[Show]) -> Iterator[None]:
    """Write shows in this context: it turns a violation of CONSTRAINT into Overlap."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if CONSTRAINT in str(error):
            check_overlaps(shows)
        raise


def _around(shows: Collection[Show]) -> QuerySet[Show]:
    """The other shows, unless cancelled, on the same screens between the first start and the last end."""
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
