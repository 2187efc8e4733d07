"""Simulated buyers of a show in the demo's year: parties, their seats and times. No database access."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from random import Random
from typing import NamedTuple

from cinema.models import Seat

PARTIES, HOW_OFTEN = [1, 2, 3, 4, 5, 6], [12, 50, 14, 15, 5, 4]
KINDS, KINDS_OFTEN = range(4), [64, 14, 12, 10]  # ticket types by rank less one, and their weights
BY_WEEKDAY = [0.62, 0.66, 0.58, 0.66, 1.13, 1.5, 1.35]  # factor for each weekday from Monday
BY_SLOT = [0.38, 0.62, 0.86, 0.98, 1.62, 1.2]  # factor for each show of a day
AVERAGE = 0.451  # demand; since full shows turn buyers away, 40 % of the seats are sold
TWO_WEEKS = int(timedelta(days=14).total_seconds())
CUTOFF = int(timedelta(hours=2).total_seconds())
CHANGES_MIND = 0.05  # share of early buyers who cancel


class CrowdRow(NamedTuple):
    """Seats of a row, which is filled from the middle. ``seats`` are indices in the list of the hall's seats.

    ``step`` is the number of seats sold together: 2 for love seats.
    """

    seats: list[int]
    appeal: float
    step: int


class DemoSale(NamedTuple):
    """A ticket: indices and ticket types of its seats. ``lead`` and ``cancelled`` are in seconds before the show."""

    seats: list[int]
    kinds: list[int]
    lead: int
    cancelled: int | None


def rows_of(seats: Sequence[Seat]) -> list[CrowdRow]:
    """The rows of a hall with their appeal, highest at two thirds of the depth. ``seats`` are sorted by row and x."""
    deep = max(seat.y for seat in seats) or 1
    rows = []
    for (y, kind), row in groupby(enumerate(seats), key=lambda place: (place[1].y, place[1].kind)):
        if kind in (Seat.Kind.STANDARD, Seat.Kind.LOVE):
            appeal = 1.25 - abs(y / deep - 0.7) * 1.3
            rows.append(CrowdRow([n for n, _ in row], max(appeal, 0.12), 2 if kind == Seat.Kind.LOVE else 1))
    return rows


def demand(*, weekday: int, slot: int, popularity: float, rng: Random) -> float:
    """The demand as a share of the hall, from 0 to 1."""
    share = AVERAGE * BY_WEEKDAY[weekday] * BY_SLOT[slot] * popularity * rng.uniform(0.75, 1.25)
    return min(share, 1.0)


def sales(rows: Sequence[CrowdRow], seats: int, rng: Random) -> Iterator[DemoSale]:
    """Yield tickets for about ``seats`` seats; early buyers get the best seats."""
    parties = []
    while seats > 0:
        parties.append(min(seats, *rng.choices(PARTIES, HOW_OFTEN)))
        seats -= parties[-1]
    leads = sorted((_lead(rng) for _ in parties), reverse=True)
    for lead, places in zip(leads, _seated(rows, parties, rng), strict=False):
        changes = lead > CUTOFF * 2 and rng.random() < CHANGES_MIND
        cancelled = rng.randrange(CUTOFF, lead - 60) if changes else None
        yield DemoSale(places, rng.choices(KINDS, KINDS_OFTEN, k=len(places)), lead, cancelled)


def _lead(rng: Random) -> int:
    """Seconds before the show: half of the buyers buy on the day, the others up to two weeks ahead."""
    lead = rng.expovariate(1 / 9_000) if rng.random() < 0.5 else rng.expovariate(1 / 320_000)
    return 300 + int(lead) if lead < TWO_WEEKS else rng.randrange(300, TWO_WEEKS)


def _seated(rows: Sequence[CrowdRow], parties: Sequence[int], rng: Random) -> Iterator[list[int]]:
    """Yield the seats of each party: in a row chosen by appeal, next to the seats sold there, nearer to the middle."""
    starts = [_middle(row, rng) for row in rows]
    ends = list(starts)
    weights = [row.appeal * len(row.seats) for row in rows]
    numbers = range(len(rows))
    for party in parties:
        for n in [*rng.choices(numbers, weights, k=3), *rng.sample(numbers, len(rows))]:
            row, size = rows[n], party + party % rows[n].step
            left, right = starts[n], len(row.seats) - ends[n]
            if size > max(left, right):
                continue
            if left > right:
                starts[n] -= size
                yield row.seats[starts[n] : starts[n] + size]
            else:
                ends[n] += size
                yield row.seats[ends[n] - size : ends[n]]
            break


def _middle(row: CrowdRow, rng: Random) -> int:
    """The index where a row begins to fill, about its middle."""
    middle = len(row.seats) // 2 + rng.randint(-2, 2)
    return max(0, min(len(row.seats), middle - middle % row.step))
