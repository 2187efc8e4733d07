"""Reads for the planner: the shows of some days, with a lane for each screen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Q

from cinema.domain.clock import written_time
from cinema.models import PrivateHire, Screen, Show, Theatre
from cinema.selectors.core.features import with_features

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
class HireBlock:
    """A private hire on its lane; see ScheduleBlock."""

    hire: PrivateHire
    starts: str
    ends: str
    at: int
    minutes: int


@dataclass(slots=True)
class Lane:
    """A screen with its shows and private hires of one day, the earliest first."""

    screen: Screen
    blocks: list[ScheduleBlock] = field(default_factory=list)
    hires: list[HireBlock] = field(default_factory=list)


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
    """The plan of those trading days, in three statements, and one more if there are double bills."""
    days = sorted(set(days))
    shows, hires = _shows(theatre, days), _hires(theatre, days)
    here = {show.screen_id for show in shows} | {hire.screen_id for hire in hires}
    there = Q(retired_at=None) | Q(pk__in=here)
    screens = list(theatre.screens.filter(there).order_by("name"))
    lanes = {(day, screen.pk): Lane(screen) for day in days for screen in screens}
    for show in shows:
        lanes[show.trading_day, show.screen_id].blocks.append(_block(show, theatre))
    for hire in hires:
        lanes[hire.trading_day, hire.screen_id].hires.append(_hire_block(hire, theatre))
    spans = [(block.at, block.minutes) for lane in lanes.values() for block in lane.blocks]
    spans += [(block.at, block.minutes) for lane in lanes.values() for block in lane.hires]
    return Planner(
        days=[PlannerDay(day, [lanes[day, screen.pk] for screen in screens]) for day in days],
        first_hour=min([FIRST_HOUR, *(at // 60 for at, _minutes in spans)]),
        last_hour=max([LAST_HOUR, *(-(-(at + minutes) // 60) for at, minutes in spans)]),
    )


def show_to_edit(theatre: Theatre, pk: int) -> Show | None:
    """A show of the theatre with everything its form shows, or None."""
    return Show.objects.filter(screen__theatre=theatre, pk=pk).select_related(*DETAILS).first()


def hire_to_edit(theatre: Theatre, pk: int) -> PrivateHire | None:
    """A private hire of the theatre, with its screen and theatre, or None."""
    return PrivateHire.objects.filter(screen__theatre=theatre, pk=pk).select_related("screen__theatre").first()


def hires_of_year(theatre: Theatre, year: int) -> list[PrivateHire]:
    """The private hires of a year of trading days, the earliest first, each with its screen."""
    hires = PrivateHire.objects.filter(screen__theatre=theatre, trading_day__year=year).select_related("screen")
    return list(hires.order_by("starts_at", "screen__name"))


def shows_to_copy(theatre: Theatre, first: date, last: date) -> list[Show]:
    """The shows of those trading days except cancelled ones, drafts included, the earliest first."""
    shows = Show.objects.filter(screen__theatre=theatre, trading_day__range=(first, last))
    shows = shows.exclude(status=Show.Status.CANCELLED).select_related(*DETAILS)
    return with_features(shows.defer("movie__synopsis", "movie__cast").order_by("starts_at", "screen__name"))


def _shows(theatre: Theatre, days: list[date]) -> list[Show]:
    shows = Show.objects.filter(screen__theatre=theatre, trading_day__range=(days[0], days[-1]))
    fields = (
        *("screen_id", "starts_at", "ends_at", "trading_day", "format", "turnaround", "status", "version"),
        *("price_card_id", "labels", "label_note", "label_note_translations"),
        *("seats_total", "admissions", "further_minutes"),
        *("movie__title", "language__code", "language__name"),
    )
    return with_features(shows.select_related("movie", "language").only(*fields).order_by("starts_at", "pk"))


def _hires(theatre: Theatre, days: list[date]) -> list[PrivateHire]:
    hires = PrivateHire.objects.filter(screen__theatre=theatre, trading_day__range=(days[0], days[-1]))
    return list(hires.only("screen_id", "starts_at", "ends_at", "trading_day", "occasion").order_by("starts_at"))


def _hire_block(hire: PrivateHire, theatre: Theatre) -> HireBlock:
    return HireBlock(hire, *_place(hire, theatre))


def _block(show: Show, theatre: Theatre) -> ScheduleBlock:
    begins_on = show.starts_at.astimezone(theatre.tz).date()
    night = begins_on if begins_on != show.trading_day else None
    return ScheduleBlock(show, *_place(show, theatre), rest=show.turnaround, night=night)


def _place(thing: Show | PrivateHire, theatre: Theatre) -> tuple[str, str, int, int]:
    """Where something is on its lane: ``starts``, ``ends``, ``at`` and ``minutes`` of ScheduleBlock."""
    start, end = thing.starts_at.astimezone(theatre.tz), thing.ends_at.astimezone(theatre.tz)
    midnight = datetime.combine(thing.trading_day, time())
    at = int((start.replace(tzinfo=None) - midnight).total_seconds()) // 60
    return written_time(start), written_time(end), at, int((thing.ends_at - thing.starts_at).total_seconds()) // 60
