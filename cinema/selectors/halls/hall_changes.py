"""What a changed plan of a hall means for its seats, and where those of a show go that follows it.

Seats are told apart by where they go. A show on the plan of today follows seat by seat, whatever they are called
afterwards. One that kept an older plan has seats that stand no more: they are found again by row and number.
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
    """The seats that stand now against a new plan of their hall, whose spots say which of them they are."""

    standing: Mapping[int, Seat]
    spots: Sequence[Spot]

    @cached_property
    def becomes(self) -> dict[int, Spot]:
        """The seats that are to be called otherwise, stand elsewhere or be of another category or kind."""
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
        """How many seats get another row or number."""
        return sum(name_of(self.standing[key]) != (spot.row, spot.number) for key, spot in self.becomes.items())

    def __bool__(self) -> bool:
        return bool(self.becomes or self.gone or self.new)


class Fate(NamedTuple):
    """What following the new plan means for a show: where each of its seats goes that does not simply stay, which
    ones go for good, and where it gets seats it has not had. Seats by their keys."""

    moves: Mapping[int, Place]
    gone: frozenset[int]
    added: frozenset[Place]
    other_category: frozenset[Place]

    def __bool__(self) -> bool:
        return bool(self.moves or self.gone or self.added)


def spot_of(seat: Seat) -> Spot:
    """The seat as a spot of the plan of today."""
    return Spot(seat.row, seat.number, seat.x, seat.y, seat.category_id, seat.kind, seat.pk)


def name_of(seat: Seat) -> tuple[str, int]:
    """Its row and number."""
    return seat.row, seat.number


def standing_seats(screen: Screen) -> dict[int, Seat]:
    """The seats that stand in a screen today, by their keys, from the front."""
    return {seat.pk: seat for seat in Seat.objects.filter(screen=screen, retired_at=None).order_by("y", "x")}


def coming_shows(screen: Screen) -> QuerySet[Show]:
    """The shows that have seats and have not begun. Whoever sits in the hall already keeps the plan it has."""
    return Show.objects.filter(screen=screen, status=Show.Status.SCHEDULED, starts_at__gt=Now()).order_by("starts_at")


def fate_of(change: HallChange, plan: Iterable[int], retired: Mapping[int, Seat]) -> Fate:
    """Where the seats of a show go: ``plan`` are the keys of those it has, of which ``retired`` stand no more."""
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
    return Fate(moves, frozenset(gone), frozenset(change.by_place.keys() - claimed), frozenset(other))


def is_same_to_its_owner(seat: Seat, spot: Spot) -> bool:
    """Whether whoever bought the seat notices nothing: it is called the same and is of the same category and kind."""
    return (spot.row, spot.number, spot.category, spot.kind) == (seat.row, seat.number, seat.category_id, seat.kind)
