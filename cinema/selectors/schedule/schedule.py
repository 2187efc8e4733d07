"""Reads for the planner: the shows of some days, with a lane for each screen."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Q, QuerySet

from cinema.domain.clock import written_time
from cinema.models import Screen, Show, Theatre

FIRST_HOUR, LAST_HOUR = 10, 26  # of the timeline of a trading day, which is extended for shows outside
DETAILS = ("movie", "screen__theatre", "language", "subtitles", "price_card")


@dataclass(slots=True)
class ScheduleBlock:
    """A show on its lane. ``at`` is the start in minutes of local time after the midnight of its trading day.

    ``minutes`` is how long it occupies the screen, and ``rest`` the part of that after the film. ``night`` is its
    calendar date if that is not the trading day.
    """

    show: Show
    starts: str
    ends: str
    at: int
    minutes: int
    rest: int
    night: date | None

    @property
    def movable(self) -> bool:
        """Whether it may be rescheduled: a draft, or published without sold seats. Services check again."""
        show = self.show
        return show.status == Show.Status.DRAFT or (show.status == Show.Status.SCHEDULED and not show.admissions)


@dataclass(slots=True)
class Lane:
    """A screen and its shows of one day, the earliest first."""

    screen: Screen
    blocks: list[ScheduleBlock] = field(default_factory=list)


@dataclass(slots=True)
class PlannerDay:
    """A trading day with a lane for each screen."""

    day: date
    lanes: list[Lane]

    @property
    def shows(self) -> int:
        """The number of shows, cancelled ones included."""
        return sum(len(lane.blocks) for lane in self.lanes)

    @property
    def drafts(self) -> int:
        """The number of drafts."""
        drafts = Show.Status.DRAFT
        return sum(block.show.status == drafts for lane in self.lanes for block in lane.blocks)


@dataclass(slots=True)
class Planner:
    """Some days with a common timeline from ``first_hour`` to ``last_hour``; 26 is 02:00 of the next day."""

    days: list[PlannerDay]
    first_hour: int
    last_hour: int

    @property
    def drafts(self) -> int:
        """The number of drafts on all days."""
        return sum(day.drafts for day in self.days)

    @property
    def shows(self) -> int:
        """The number of shows on all days."""
        return sum(day.shows for day in self.days)

    @property
    def hours(self) -> list[str]:
        """The labels of the timeline: “10:00”, “11:00”, … “01:00”."""
        return [written_time(time(hour % 24)) for hour in range(self.first_hour, self.last_hour)]


def planner(theatre: Theatre, days: Iterable[date]) -> Planner:
    """The plan of those trading days, in two statements."""
    days = sorted(set(days))
    shows = _shows(theatre, days)
    there = Q(retired_at=None) | Q(pk__in={show.screen_id for show in shows})
    screens = list(theatre.screens.filter(there).order_by("name"))
    blocks: defaultdict[tuple[date, int], list[ScheduleBlock]] = defaultdict(list)
    for show in shows:
        blocks[show.trading_day, show.screen_id].append(_block(show, theatre))
    every = [block for found in blocks.values() for block in found]
    return Planner(
        days=[PlannerDay(day, [Lane(screen, blocks[day, screen.pk]) for screen in screens]) for day in days],
        first_hour=min([FIRST_HOUR, *(block.at // 60 for block in every)]),
        last_hour=max([LAST_HOUR, *(-(-(block.at + block.minutes) // 60) for block in every)]),
    )


def show_to_edit(theatre: Theatre, pk: int) -> Show | None:
    """A show of the theatre with everything its form shows, or None."""
    return Show.objects.filter(screen__theatre=theatre, pk=pk).select_related(*DETAILS).first()


def shows_to_copy(theatre: Theatre, first: date, last: date) -> QuerySet[Show]:
    """The shows of those trading days except cancelled ones, drafts included, the earliest first."""
    shows = Show.objects.filter(screen__theatre=theatre, trading_day__range=(first, last))
    shows = shows.exclude(status=Show.Status.CANCELLED).select_related(*DETAILS)
    return shows.defer("movie__synopsis", "movie__cast").order_by("starts_at", "screen__name")


def _shows(theatre: Theatre, days: list[date]) -> list[Show]:
    shows = Show.objects.filter(screen__theatre=theatre, trading_day__range=(days[0], days[-1]))
    fields = (
        *("screen_id", "starts_at", "ends_at", "trading_day", "format", "turnaround", "status", "version"),
        *("price_card_id", "labels", "label_note", "seats_total", "admissions"),
        *("movie__title", "language__code", "language__name"),
    )
    return list(shows.select_related("movie", "language").only(*fields).order_by("starts_at", "pk"))


def _block(show: Show, theatre: Theatre) -> ScheduleBlock:
    start, end = show.starts_at.astimezone(theatre.tz), show.ends_at.astimezone(theatre.tz)
    midnight = datetime.combine(show.trading_day, time())
    return ScheduleBlock(
        show=show,
        starts=written_time(start),
        ends=written_time(end),
        at=int((start.replace(tzinfo=None) - midnight).total_seconds()) // 60,
        minutes=int((show.ends_at - show.starts_at).total_seconds()) // 60,
        rest=show.turnaround,
        night=start.date() if start.date() != show.trading_day else None,
    )
