"""What a process saw of a show's seats a moment ago, for requests that can only be refused.

When many want the same seats, most requests are refused, and several times a second for the same reason. They share one
map, at most LATELY seconds old, with all that was found out from it. It may refuse somebody who would have had seats
that came back a moment ago; it never grants any: that is decided from locked rows.
"""

from collections.abc import Callable, Collection, Hashable
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from threading import Lock
from time import monotonic
from typing import TypeVar

from cinema.domain.seating.blocks import SeatAlternatives, best_block, may_fit
from cinema.domain.seating.places import SeatPlace
from cinema.models import Order
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.seat_map import SeatMap, holder_fingerprint, show_for_sale
from cinema.selectors.booking.shared_maps import shared_map

LATELY = 0.5  # seconds
MOST_MAPS = 64  # kept by a process
SOON = timedelta(seconds=LATELY)

T = TypeVar("T")


class RecentMap:
    """The seats of a show for somebody without a hold, at the prices of the website.

    ``at`` is monotonic, from before the show was read: nothing that was committed by then is missing.
    """

    def __init__(self, show: ShowNow, seats: SeatMap, at: float) -> None:
        self.at = at
        self.seats = seats
        self.show_id = show.pk
        # Whether it is on sale, and stays so with no seat coming back by itself while this map is fresh.
        self.is_settled = (
            show.on_sale_at(show.now) and show.on_sale_at(show.now + SOON) and not show.releases_by(show.now + SOON)
        )
        self._found: dict[Hashable, object] = {}

    @property
    def is_fresh(self) -> bool:
        return monotonic() - self.at < LATELY

    @cached_property
    def places(self) -> list[SeatPlace]:
        return [seat.place for seat in self.seats.seats]

    @cached_property
    def alternatives(self) -> SeatAlternatives:
        return SeatAlternatives(self.places)

    @cached_property
    def taken(self) -> dict[int, SeatPlace]:
        """The seats that are not free, by key."""
        return {place.pk: place for place in self.places if not place.free}

    @cached_property
    def holders(self) -> dict[int, str]:
        """The fingerprints of those who hold seats, by the keys of the seats."""
        return {seat.id: seat.holder for seat in self.seats.seats if seat.holder}

    def once(self, key: Hashable, find: Callable[[], T]) -> T:
        """What ``find`` returns, found once for each key."""
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]  # type: ignore[return-value]

    def has_block(self, party: int, category: int | None, ceiling: Decimal | None) -> bool:
        """Whether best_block() finds seats for so many people."""
        if not may_fit(self.places, party):
            return False
        limits = (party, category, ceiling)
        return self.once(("block", *limits), lambda: best_block(self.places, *limits) is not None)


_maps: dict[int, RecentMap] = {}
_locks = [Lock() for _ in range(16)]  # one thread reads, the others wait for its map


def recent_map(show_id: int) -> RecentMap | None:
    """A fresh map of the show, shared by all requests of this process; None if there is no such show."""
    if found := fresh_map(show_id):
        return found
    with _locks[show_id % len(_locks)]:
        if found := fresh_map(show_id):
            return found
        at, show = monotonic(), show_for_sale(show_id)
        if show is None:
            return None
        found = RecentMap(show, shared_map(show, fee=show.screen.theatre.fee(Order.Channel.WEB)), at)
        while len(_maps) >= MOST_MAPS:
            _maps.pop(next(iter(_maps)), None)
        _maps[show_id] = found
        return found


def fresh_map(show_id: int) -> RecentMap | None:
    """The last map of the show if it is fresh, without a statement."""
    found = _maps.get(show_id)
    return found if found and found.is_fresh else None


def recently_taken(show_id: int, seat_ids: Collection[int], buyer: str) -> list[SeatPlace]:
    """Those of the seats that were taken for the buyer on a fresh map; none if there is no fresh map."""
    found = fresh_map(show_id)
    gone = [found.taken[pk] for pk in seat_ids if pk in found.taken] if found else []
    if not found or not gone:
        return []
    own = holder_fingerprint(buyer, show_id)
    return [place for place in gone if found.holders.get(place.pk) != own]


def recently_full(show_id: int, buyer: str, party: int, category: int | None, ceiling: Decimal | None) -> int | None:
    """How many seats were free on a fresh map that had no seats for the party; None if there may be some.

    ``ceiling`` is the highest price of a seat, with the booking fee.
    """
    found = fresh_map(show_id)
    if found is None or not found.is_settled or holder_fingerprint(buyer, show_id) in found.seats.holders:
        return None
    if category is not None and category not in {price.category_id for price in found.seats.prices}:
        return None
    return None if found.has_block(party, category, ceiling) else found.seats.free
