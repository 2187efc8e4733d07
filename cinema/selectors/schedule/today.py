"""A trading day at a theatre: each screen as a line of time, with its shows and how they sell."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q
from django.db.models.functions import Now

from cinema.models import Screen, Show, ShowSeat, Theatre

HOUR = timedelta(hours=1)
SHORTEST = timedelta(hours=8)  # of a line: a single short show does not fill it


class Span(NamedTuple):
    """Where something lies on its line, in percent from its left end."""

    x: float
    width: float

    @property
    def end(self) -> float:
        return self.x + self.width


NOWHERE = Span(0, 0)


class Tick(NamedTuple):
    """A full hour of the theatre's clock on the line."""

    x: float
    at: datetime


@dataclass(slots=True)
class TimelineSlot:
    """A show on its screen's line. ``held`` counts living holds, ``off`` the seats off sale; ``free`` all that can be
    had now."""

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
        """From the start to when the film is over."""
        return Span(self.trailers.x, self.film.end - self.trailers.x)

    @property
    def free(self) -> int:
        return self.show.seats_free + self.lapsed

    @property
    def off(self) -> int:
        return self.show.seats_total - self.show.admissions - self.held - self.free

    @property
    def sold_share(self) -> float:
        """In percent of the hall, as all shares."""
        return self._share(self.show.admissions)

    @property
    def held_share(self) -> float:
        return self._share(self.held)

    def _share(self, seats: int) -> float:
        return round(100 * seats / self.show.seats_total, 2) if self.show.seats_total else 0


@dataclass(slots=True)
class ScreenLine:
    """A screen and its shows of the day, the first one first."""

    screen: Screen
    slots: list[TimelineSlot] = field(default_factory=list)


@dataclass(slots=True)
class TradingDay:
    """A trading day; ``now`` is where the clock stands on the line, None when that is not on it."""

    day: date
    lines: list[ScreenLine]
    ticks: list[Tick] = field(default_factory=list)
    now: float | None = None

    @property
    def slots(self) -> list[TimelineSlot]:
        return [slot for line in self.lines for slot in line.slots]


def trading_day(theatre: Theatre, day: date, now: datetime) -> TradingDay:
    """The day at the theatre, in three statements. Cancelled shows are not on it."""
    shows = list(
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
        held, living = holds.get(show.pk, (0, 0))
        doors_at = show.starts_at - timedelta(minutes=theatre.doors)
        film_at = show.starts_at + timedelta(minutes=show.trailers)
        lines[show.screen_id].slots.append(TimelineSlot(show, doors_at, film_at, held=living, lapsed=held - living))
    whole = TradingDay(day, list(lines.values()))
    if shows:
        _lay_out(whole, theatre, now)
    return whole


def _holds(show_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many seats are held at each show, and how many of them by holds that have not run out."""
    if not show_ids:
        return {}
    held = ShowSeat.objects.filter(hold__show__in=show_ids, hold__status="ACTIVE").values("hold__show").order_by()
    counted = held.annotate(held=Count("pk"), living=Count("pk", filter=Q(hold__expires_at__gt=Now())))
    return {row["hold__show"]: (row["held"], row["living"]) for row in counted}


def _lay_out(day: TradingDay, theatre: Theatre, now: datetime) -> None:
    """Place everything on one line of time for all screens. It counts real hours: where the clocks change in the
    night, an hour is missing among the ticks, or there twice."""
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
    """The full hour on the theatre's clock before it."""
    local = moment.astimezone(theatre.tz)
    return moment.astimezone(UTC) - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
