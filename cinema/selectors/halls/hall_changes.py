"""The differences of a new plan of a hall, and their effect on a show that follows the new plan.

For a show on the present plan, each seat is matched by its key, whatever its new name. For a show that kept an older
plan, retired seats are matched by row, number and kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db.models import QuerySet
from django.db.models.functions import Now

from cinema.domain.seating.layout import Spot
from cinema.models import Screen, Seat, Show

Place = tuple[int, int]  # y and x in the new plan


@dataclass(frozen=True)
class HallChange:
    """The present seats by key, and the spots of a new plan, each with the key of its present seat, if any."""

    standing: Mapping[int, Seat]
    spots: Sequence[Spot]

    @cached_property
    def becomes(self) -> dict[int, Spot]:
        """The seats that change name, place, category or kind."""
        return {spot.id: spot for spot in self.spots if spot.id and spot_of(self.standing[spot.id]) != spot}

    @cached_property
    def stays(self) -> set[int]:
        return {spot.id for spot in self.spots if spot.id} - self.becomes.keys()

    @cached_property
    def gone(self) -> set[int]:
        return self.standing.keys() - {spot.id for spot in self.spots}

    @cached_property
    def new(self) -> list[Spot]:
        return [spot for spot in self.spots if spot.id is None]

    @cached_property
    def by_place(self) -> dict[Place, Spot]:
        return {spot.place: spot for spot in self.spots}

    @property
    def renamed(self) -> int:
        """The number of seats that get another row or number."""
        return sum(name_of(self.standing[key]) != (spot.row, spot.number) for key, spot in self.becomes.items())

    def __bool__(self) -> bool:
        return bool(self.becomes or self.gone or self.new)


class PlanEffect(NamedTuple):
    """The effect on a show that follows the new plan.

    ``moves`` maps keys of changed seats to their places; ``gone`` seats have no place, ``added`` places no seat;
    moved seats in ``other_category`` change their category.
    """

    moves: Mapping[int, Place]
    gone: frozenset[int]
    added: frozenset[Place]
    other_category: frozenset[Place]

    def __bool__(self) -> bool:
        return bool(self.moves or self.gone or self.added)


def spot_of(seat: Seat) -> Spot:
    """The seat as a spot of the present plan."""
    return Spot(seat.row, seat.number, seat.x, seat.y, seat.category_id, seat.kind, seat.pk)


def name_of(seat: Seat) -> tuple[str, int]:
    """The row and number of a seat."""
    return seat.row, seat.number


def standing_seats(screen: Screen) -> dict[int, Seat]:
    """The present seats of a screen by key, from the front."""
    return {seat.pk: seat for seat in Seat.objects.filter(screen=screen, retired_at=None).order_by("y", "x")}


def coming_shows(screen: Screen) -> QuerySet[Show]:
    """The published shows that have not begun. A show that has begun keeps its plan."""
    return Show.objects.filter(screen=screen, status=Show.Status.SCHEDULED, starts_at__gt=Now()).order_by("starts_at")


def plan_effect(change: HallChange, plan: Iterable[int], retired: Mapping[int, Seat]) -> PlanEffect:
    """The effect on a show with the seats ``plan`` (keys), some of which may be ``retired``."""
    moves: dict[int, Place] = {}
    gone: set[int] = set()
    claimed: set[Place] = set()
    older = []
    for key in sorted(plan):
        if key in change.becomes:
            moves[key] = change.becomes[key].place
            claimed.add(moves[key])
        elif key in change.stays:
            claimed.add((change.standing[key].y, change.standing[key].x))
        elif key in change.gone:
            gone.add(key)
        else:
            older.append(retired[key])
    by_name = {(spot.row, spot.number, spot.kind): spot.place for spot in change.spots}
    for seat in older:
        place = by_name.get((seat.row, seat.number, seat.kind))
        if place is None or place in claimed:
            gone.add(seat.pk)
        else:
            moves[seat.pk] = place
            claimed.add(place)
    seats = {**retired, **change.standing}
    other = {p for key, p in moves.items() if seats[key].category_id != change.by_place[p].category}
    return PlanEffect(moves, frozenset(gone), frozenset(change.by_place.keys() - claimed), frozenset(other))


def is_unchanged_for_buyer(seat: Seat, spot: Spot) -> bool:
    """Whether the seat keeps its name, category and kind."""
    return (spot.row, spot.number, spot.category, spot.kind) == (seat.row, seat.number, seat.category_id, seat.kind)
