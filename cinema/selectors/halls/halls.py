"""The screens and seat categories of a theatre, for staff."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.seating.layout import Spot
from cinema.models import Screen, Seat, SeatCategory, Show, Theatre


class Chair(NamedTuple):
    """A seat in a picture: position, rank of its category, and kind."""

    x: int
    y: int
    rank: int
    kind: str


class CategoryCount(NamedTuple):
    """The number of seats of a category."""

    rank: int
    name: str
    seats: int


class ScreenCard(NamedTuple):
    """A screen with its picture, seats by category, the number of coming shows and the start of the next one."""

    screen: Screen
    chairs: list[Chair]
    counts: list[CategoryCount]
    coming: int
    next_at: datetime | None


def screen_cards(theatre: Theatre) -> list[ScreenCard]:
    """All screens of the theatre by name, closed ones last, in three statements."""
    screens = list(theatre.screens.order_by("name"))
    screens.sort(key=lambda screen: screen.retired_at is not None)
    names = dict(theatre.seat_categories.values_list("rank", "name"))
    chairs: dict[int, list[Chair]] = {}
    seats = Seat.objects.filter(screen__in=screens, retired_at=None)
    for screen_id, x, y, rank, kind in seats.values_list("screen_id", "x", "y", "category__rank", "kind"):
        chairs.setdefault(screen_id, []).append(Chair(x, y, rank, kind))
    coming = _coming(screens)
    return [
        ScreenCard(
            screen,
            chairs.get(screen.pk, []),
            count_ranks((chair.rank for chair in chairs.get(screen.pk, [])), names),
            *coming.get(screen.pk, (0, None)),
        )
        for screen in screens
    ]


def _coming(screens: Iterable[Screen]) -> dict[int, tuple[int, datetime | None]]:
    """The number of coming shows on each screen, and the start of the next one."""
    shows = Show.objects.filter(screen__in=screens, ends_at__gt=Now(), starts_at__gt=Now())
    shows = shows.filter(status=Show.Status.SCHEDULED).order_by()
    coming = shows.values("screen_id").annotate(n=Count("pk"), first=Min("starts_at"))
    return {screen_id: (n, first) for screen_id, n, first in coming.values_list("screen_id", "n", "first")}


def pictured(spots: Iterable[Spot], categories: Sequence[SeatCategory]) -> list[Chair]:
    """The chairs of a plan, saved or not."""
    ranks = {category.pk: category.rank for category in categories}
    return [Chair(spot.x, spot.y, ranks.get(spot.category, 1), spot.kind) for spot in spots]


def count_ranks(ranks: Iterable[int], names: dict[int, str]) -> list[CategoryCount]:
    """Count seats by category, the plainest first."""
    return [CategoryCount(rank, names.get(rank, ""), n) for rank, n in sorted(Counter(ranks).items())]


def categories_of(theatre: Theatre) -> list[SeatCategory]:
    """The seat categories of the theatre, the plainest first."""
    return list(theatre.seat_categories.order_by("rank"))


def counted_categories(theatre: Theatre) -> QuerySet[SeatCategory]:
    """The seat categories of the theatre, each with the number of its present seats (``seats_now``)."""
    standing = Count("seats", filter=Q(seats__retired_at=None))
    return theatre.seat_categories.order_by("rank").annotate(seats_now=standing)
