"""A trading day at a theatre: a timeline for each screen with its shows and their sales."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import Now

from cinema.models import Screen, Show, ShowSeat, Theatre
from cinema.selectors.core.features import with_features

HOUR = timedelta(hours=1)
SHORTEST = timedelta(hours=8)  # least length of a timeline


class Span(NamedTuple):
    """A part of the timeline: start and width in percent of its length."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return self.x + self.width


NOWHERE = Span(0, 0)


class Tick(NamedTuple):
    """A full hour of local time on the timeline; ``x`` in percent."""

    x: float
    at: datetime


@dataclass(slots=True)
class TimelineSlot:
    """A show on its screen's timeline.

    ``held`` counts seats in active holds, ``lapsed`` those in expired ones, ``off`` seats off sale, ``free`` all seats
    for sale now.
    """

    show: Show
    doors_at: datetime
    film_at: datetime
    held: int = 0
    lapsed: int = 0
    doors: Span = NOWHERE
    trailers: Span = NOWHERE
    film: Span = NOWHERE
    turnaround: Span = NOWHERE

    @property
    def whole(self) -> Span:
        """From the start of the show to the end of the film."""
        return Span(self.trailers.x, self.film.end - self.trailers.x)

    @property
    def free(self) -> int:
        return self.show.seats_free + self.lapsed

    @property
    def off(self) -> int:
        return self.show.seats_total - self.show.admissions - self.held - self.free

    @property
    def sold_share(self) -> float:
        """Sold seats in percent of all seats."""
        return self._share(self.show.admissions)

    @property
    def held_share(self) -> float:
        return self._share(self.held)

    def _share(self, seats: int) -> float:
        return round(100 * seats / self.show.seats_total, 2) if self.show.seats_total else 0


@dataclass(slots=True)
class ScreenLine:
    """A screen and its shows of the day, the earliest first."""

    screen: Screen
    slots: list[TimelineSlot] = field(default_factory=list)


@dataclass(slots=True)
class TradingDay:
    """A trading day; ``now`` is the position of the present time on the timeline, None if outside."""

    day: date
    lines: list[ScreenLine]
    ticks: list[Tick] = field(default_factory=list)
    now: float | None = None

    @property
    def slots(self) -> list[TimelineSlot]:
        return [slot for line in self.lines for slot in line.slots]


def trading_day(theatre: Theatre, day: date, now: datetime) -> TradingDay:
    """The trading day at the theatre without cancelled shows, in three statements, and one more if there are double
    bills."""
    shows = with_features(
        Show.objects.filter(screen__theatre=theatre, trading_day=day)
        .exclude(status=Show.Status.CANCELLED)
        .select_related("movie")
        .order_by("starts_at", "pk")
    )
    here = {show.screen_id for show in shows}
    screens = Screen.objects.filter(Q(retired_at=None) | Q(pk__in=here), theatre=theatre).order_by("name")
    lines = {screen.pk: ScreenLine(screen) for screen in screens}
    holds = _holds([show.pk for show in shows])
    for show in shows:
        show.screen = lines[show.screen_id].screen
        show.screen.theatre = theatre
        held, active = holds.get(show.pk, (0, 0))
        slot = TimelineSlot(show, show.doors_open_at, show.film_starts_at, held=active, lapsed=held - active)
        lines[show.screen_id].slots.append(slot)
    whole = TradingDay(day, list(lines.values()))
    if shows:
        _lay_out(whole, theatre, now)
    return whole


def _holds(show_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """The number of seats in holds at each show, and the number of those in holds that have not expired."""
    if not show_ids:
        return {}
    held = ShowSeat.objects.filter(hold__show__in=show_ids, hold__status="ACTIVE").values("hold__show").order_by()
    counted = held.annotate(held=Count("pk"), active=Count("pk", filter=Q(hold__expires_at__gt=Now())))
    return {row["hold__show"]: (row["held"], row["active"]) for row in counted}


def _lay_out(day: TradingDay, theatre: Theatre, now: datetime) -> None:
    """Place everything on one timeline for all screens.

    It counts elapsed hours: in a night when the clocks change, the ticks skip an hour or repeat one.
    """
    start = _full_hour(min(slot.doors_at for slot in day.slots), theatre)
    end = max(start + SHORTEST, max(slot.show.ends_at for slot in day.slots))
    length = end - start

    def at(moment: datetime) -> float:
        return round(100 * ((moment - start) / length), 3)

    def span(first: datetime, last: datetime) -> Span:
        return Span(at(first), round(at(last) - at(first), 3))

    for slot in day.slots:
        show = slot.show
        slot.doors = span(slot.doors_at, show.starts_at)
        slot.trailers = span(show.starts_at, slot.film_at)
        slot.film = span(slot.film_at, show.film_ends_at)
        slot.turnaround = span(show.film_ends_at, show.ends_at)
    hours = int(length / HOUR) + 1
    day.ticks = [Tick(at(start + n * HOUR), start + n * HOUR) for n in range(hours) if start + n * HOUR < end]
    day.now = at(now) if start <= now <= end else None


def _full_hour(moment: datetime, theatre: Theatre) -> datetime:
    """The last full hour of local time at or before ``moment``."""
    local = moment.astimezone(theatre.tz)
    return moment.astimezone(UTC) - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
