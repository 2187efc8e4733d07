"""Reads about seats off sale."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now

from cinema.models import HouseSeatRelease, Screen, SeatBlock, Show, ShowSeat, Theatre

Kind = SeatBlock.Kind
Status = ShowSeat.Status


class OffSale(NamedTuple):
    """The seats off sale at a show: the reason by key of Seat. House seats among them come on sale at next_release."""

    seats: dict[int, str]
    next_release: datetime | None = None


class BlockedSeat(NamedTuple):
    """A seat on an active block, as read by off_sale()."""

    seat_id: int
    block_id: int
    screen_id: int
    kind: str
    from_day: date
    until_day: date | None
    release_minutes: int | None
    reason: str

    def covers(self, show: Show) -> bool:
        on_screen = self.screen_id == show.screen_id
        return on_screen and self.from_day <= show.trading_day and show.trading_day <= (self.until_day or date.max)

    def release_at(self, show: Show) -> datetime | None:
        minutes = self.release_minutes
        return None if minutes is None else show.starts_at - timedelta(minutes=minutes)


def off_sale(shows: Sequence[Show], at: datetime, seat_ids: Collection[int] | None = None) -> dict[int, OffSale]:
    """The seats that active blocks keep off sale at each show at that moment, by key; only ``seat_ids``, if given.

    House seats are off sale until their release. Those released by hand at a show stay on sale there.
    """
    lines = _lines({show.screen_id for show in shows}, seat_ids)
    covering = {show.pk: [line for line in lines if line.covers(show)] for show in shows}
    house = any(line.kind == Kind.HOUSE for its in covering.values() for line in its)
    released = _released(shows) if house else set()
    return {show.pk: _off_sale(show, covering[show.pk], released, at) for show in shows}


def _lines(screen_ids: Collection[int], seat_ids: Collection[int] | None) -> list[BlockedSeat]:
    lines = SeatBlock.seats.through.objects.filter(seatblock__screen__in=screen_ids, seatblock__lifted_at=None)
    if seat_ids is not None:
        lines = lines.filter(seat__in=seat_ids)
    fields = ("screen_id", "kind", "from_day", "until_day", "release_minutes", "reason")
    rows = lines.order_by("seatblock_id").values_list(
        "seat_id", "seatblock_id", *(f"seatblock__{field}" for field in fields)
    )
    return [BlockedSeat(*row) for row in rows]


def _released(shows: Sequence[Show]) -> set[tuple[int, int]]:
    """The house blocks released by hand at these shows: pairs of the keys of show and block."""
    return set(HouseSeatRelease.objects.filter(show__in=shows).values_list("show_id", "block_id"))


def _off_sale(show: Show, lines: Iterable[BlockedSeat], released: set[tuple[int, int]], at: datetime) -> OffSale:
    seats: dict[int, str] = {}
    releases = []
    for line in lines:
        release_at = line.release_at(show)
        if (release_at and release_at <= at) or (show.pk, line.block_id) in released:
            continue
        seats.setdefault(line.seat_id, line.reason)
        if release_at:
            releases.append(release_at)
    return OffSale(seats, min(releases, default=None))


def coming_shows(*, screen_id: int, from_day: date, until_day: date | None) -> QuerySet[Show]:
    """The shows of these trading days on a screen that have not started, drafts too, by primary key."""
    shows = Show.objects.filter(screen=screen_id, trading_day__gte=from_day, starts_at__gt=Now())
    if until_day:
        shows = shows.filter(trading_day__lte=until_day)
    return shows.exclude(status=Show.Status.CANCELLED).order_by("pk")


def shows_with_outdated_blocks() -> set[int]:
    """The keys of coming shows where a seat of an active block is on sale, or of a lifted block off sale."""
    standing = SeatBlock.objects.filter(lifted_at=None)
    lifted = SeatBlock.objects.filter(lifted_at__gte=Now() - timedelta(days=1))
    return _shows_with(standing, Status.AVAILABLE) | _shows_with(lifted, Status.BLOCKED)


def _shows_with(blocks: QuerySet[SeatBlock], status: Status) -> set[int]:
    """The coming shows where a seat of a block that covers them has this status."""
    block = "seat__blocks__"
    until = Q(**{f"{block}until_day": None}) | Q(show__trading_day__lte=F(f"{block}until_day"))
    covered = {f"{block}in": blocks, "show__trading_day__gte": F(f"{block}from_day")}
    seats = ShowSeat.objects.filter(until, **covered, status=status, show__starts_at__gt=Now())
    seats = seats.exclude(show__status=Show.Status.CANCELLED)
    return set(seats.values_list("show_id", flat=True).distinct())


def blocks_of(theatre: Theatre) -> QuerySet[SeatBlock]:
    """The blocks of a theatre with their screens, seats and authors, the latest first."""
    blocks = SeatBlock.objects.filter(screen__theatre=theatre).select_related("screen__theatre", "created_by")
    return blocks.prefetch_related("seats").order_by("-from_day", "-pk")


def standing(blocks: QuerySet[SeatBlock], today: date) -> QuerySet[SeatBlock]:
    """The blocks that keep seats off sale on that trading day or later."""
    return blocks.filter(Q(until_day=None) | Q(until_day__gte=today), lifted_at=None)


def past(blocks: QuerySet[SeatBlock], today: date) -> QuerySet[SeatBlock]:
    """The blocks that are lifted, or ended before that trading day."""
    return blocks.exclude(pk__in=standing(SeatBlock.objects.all(), today).values("pk"))


def affected_shows(block: SeatBlock) -> QuerySet[Show]:
    """The coming shows where the block keeps seats off sale now, with their number ``kept``; the next one first."""
    blocked = Q(seats__status=Status.BLOCKED, seats__seat__in=block.seats.values("pk"))
    coming = coming_shows(screen_id=block.screen_id, from_day=block.from_day, until_day=block.until_day)
    shows = coming.annotate(kept=Count("seats", filter=blocked))
    return shows.filter(kept__gt=0).select_related("movie").order_by("starts_at")


def seats_off(screen: Screen, day: date) -> set[int]:
    """The keys of the seats that active blocks keep off sale on that trading day."""
    blocks = SeatBlock.objects.filter(Q(until_day=None) | Q(until_day__gte=day), screen=screen, lifted_at=None)
    return set(blocks.filter(from_day__lte=day).values_list("seats", flat=True))
