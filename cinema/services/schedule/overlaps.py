"""No two shows or hires on one screen at one time: checked under the screen's lock, and enforced by the database."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet, Value

from cinema.exceptions import Overlap, ScreenHired, ScreenTaken
from cinema.models import PrivateHire, Show

CONSTRAINTS = ("show_alone_on_its_screen", "screen_hired_alone")  # of migrations 0005 and 0109
Taking = Show | PrivateHire  # what can take a screen


class Taken(NamedTuple):
    """A time when a screen is taken, and by which show or hire: its key, and if it is loaded, the ``thing`` itself."""

    starts_at: datetime
    ends_at: datetime
    is_hire: bool
    key: int
    thing: Taking | None = None


class Busy:
    """The times when the screens of some shows, or of a hire, are taken. Drafts count; cancelled shows do not."""

    def __init__(self, wanted: Collection[Taking]) -> None:
        self._wanted = list(wanted)
        self._by_screen: defaultdict[int, list[Taken]] = defaultdict(list)
        for screen, *taken in _times(self._wanted) if self._wanted else ():
            self._by_screen[screen].append(Taken(*taken))

    def refusal(self, wanted: Taking) -> ScreenTaken | None:
        """Overlap or ScreenHired if the screen is taken at that time; None if it is free."""
        for taken in self._by_screen[wanted.screen_id]:
            if taken.starts_at < wanted.ends_at and taken.ends_at > wanted.starts_at:
                thing = taken.thing or (self._hires if taken.is_hire else self._shows).get(taken.key)
                if thing:  # else it was deleted since; without a lock that can happen
                    return ScreenHired(thing) if isinstance(thing, PrivateHire) else Overlap(thing)
        return None

    def add(self, thing: Taking) -> None:
        """Add a show or a hire to the taken times."""
        taken = Taken(thing.starts_at, thing.ends_at, isinstance(thing, PrivateHire), thing.pk or 0, thing)
        self._by_screen[thing.screen_id].append(taken)

    @cached_property
    def _shows(self) -> dict[int, Show]:
        details = _shows_around(self._wanted).select_related("movie", "screen__theatre")
        return {show.pk: show for show in details.defer("movie__synopsis", "movie__cast")}

    @cached_property
    def _hires(self) -> dict[int, PrivateHire]:
        return {hire.pk: hire for hire in _hires_around(self._wanted).select_related("screen__theatre")}


def check_overlaps(wanted: Sequence[Taking]) -> None:
    """Raise Overlap or ScreenHired for the first one whose screen is taken. The caller has locked the screens."""
    busy = Busy(wanted)
    for each in wanted:
        if refusal := busy.refusal(each):
            raise refusal
        busy.add(each)


@contextmanager
def overlaps_raised(wanted: Sequence[Taking]) -> Iterator[None]:
    """Write shows or hires in this context: it turns a violation of CONSTRAINTS into Overlap or ScreenHired."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if any(name in str(error) for name in CONSTRAINTS):
            check_overlaps(wanted)
        raise


def _times(wanted: Collection[Taking]) -> QuerySet[Show, tuple[Any, ...]]:
    """Rows of a screen's key and the first four fields of Taken, the earliest first. One statement."""
    columns = ("screen_id", "starts_at", "ends_at", "is_hire", "pk")
    shows = _shows_around(wanted).annotate(is_hire=Value(value=False)).order_by().values_list(*columns)
    hires = _hires_around(wanted).annotate(is_hire=Value(value=True)).order_by().values_list(*columns)
    return shows.union(hires, all=True).order_by("starts_at")


def _at_the_time(wanted: Collection[Taking]) -> Q:
    """The condition: on one of their screens, between their first start and their last end."""
    return Q(
        screen__in={each.screen_id for each in wanted},
        starts_at__lt=max(each.ends_at for each in wanted),
        ends_at__gt=min(each.starts_at for each in wanted),
    )


def _shows_around(wanted: Collection[Taking]) -> QuerySet[Show]:
    """The other shows, unless cancelled."""
    shows = Show.objects.filter(_at_the_time(wanted)).exclude(status=Show.Status.CANCELLED)
    return shows.exclude(pk__in=[each.pk for each in wanted if isinstance(each, Show) and each.pk])


def _hires_around(wanted: Collection[Taking]) -> QuerySet[PrivateHire]:
    """The other hires."""
    hires = PrivateHire.objects.filter(_at_the_time(wanted))
    return hires.exclude(pk__in=[each.pk for each in wanted if isinstance(each, PrivateHire) and each.pk])
