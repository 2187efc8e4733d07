"""The seat maps of shows, kept by each process and shared by all buyers.

A map follows its show: if the show's revision, or the clock where a hold ends, says that seats may have changed, their
states are read again in one statement, and only the rows with changed seats are made anew. So a map is never older than
the revision it names. What it shows of the buyer's own seats is put into a copy; what is kept names nobody.

Maps are for pages and live updates. Nothing that decides about seats may rely on them, and nothing inside a
transaction may call this module: its own changes, not yet committed, would be shown to all.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language

from cinema.domain.fees import BookingFee
from cinema.models import SeatEvent, ShowSeat
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.seat_map import (
    FREE,
    HELD,
    MINE,
    NO_FEE,
    SeatMap,
    SeatView,
    SeatWords,
    arrange,
    holder_fingerprint,
    map_of,
    rows_of,
    seat_records,
    state_of,
)
from cinema.selectors.core.compiled import Compiled

MOST_MAPS = 64  # in a process
LONGEST = 60.0  # seconds; the names and the order of categories change without a revision


class MapKey(NamedTuple):
    """A show in a language, at the prices with a fee."""

    show_id: int
    language: str | None
    fee: BookingFee


class Plan(NamedTuple):
    """What a map shows beside the states of seats; each change of the plan of a show or a hall has a new version."""

    show_version: int
    seats_dropped: int | None
    tariff_id: int | None
    screen_id: int
    screen_version: int
    shape: str
    carer_free: bool


class SeatState(NamedTuple):
    """The state of a seat at a show, as read."""

    seat_id: int
    price: Decimal
    status: str
    hold_id: int | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class SharedMap:
    """A map and the states it was made of. It is true ``until`` the first hold ends; ``read_at`` is monotonic."""

    plan: Plan
    map: SeatMap
    states: Mapping[int, SeatState]
    until: datetime | None
    read_at: float

    def serves(self, show: ShowNow) -> bool:
        """Whether it shows everything that the row of the show knows of."""
        return (
            self.map.revision >= show.revision
            and self.plan == _plan(show)
            and (self.until is None or show.now < self.until)
            and monotonic() - self.read_at < LONGEST
        )


_maps: dict[MapKey, SharedMap] = {}
_locks = [Lock() for _ in range(16)]  # one thread makes a map, the others wait for it


def shared_map(show: ShowNow, *, fee: BookingFee = NO_FEE) -> SeatMap:
    """The map for somebody who holds nothing at the show, loaded by show_for_sale(); at least as new as its revision.

    Takes no statement while the show is unchanged. Nobody may change the map: other threads read it as well.
    """
    key = MapKey(show.pk, get_language(), fee)
    found = _maps.get(key)
    if found is None or not found.serves(show):
        with _locks[hash(key) % len(_locks)]:
            found = _maps.get(key)
            if found is None or not found.serves(show):
                found = _make(show, key, found)
                _keep(key, found)
    return found.map


def buyers_map(show: ShowNow, buyer: str, chosen: Collection[int] = (), *, fee: BookingFee = NO_FEE) -> SeatMap:
    """The map for a buyer, as seat_map(): the shared one, or a copy with the buyer's own or ``chosen`` seats."""
    shared = shared_map(show, fee=fee)
    own = holder_fingerprint(buyer, show.pk) if buyer else ""
    if not chosen and own not in shared.holders:
        return shared
    words, changed = SeatWords(), {}
    for seat in shared.seats:
        state = MINE if own and seat.holder == own else seat.state
        checked = state in (FREE, MINE) and seat.id in chosen if chosen else state == MINE
        if state != seat.state or checked:
            changed[seat.id] = replace(_restated(seat, state, seat.price, words), checked=checked)
    return _with(shared, changed, shared.revision)


def seat_changes(show: ShowNow, buyer: str, since: int, *, fee: BookingFee = NO_FEE) -> list[SeatView]:
    """The seats that changed after revision ``since``; all seats if any were repriced. The ``fee`` as in seat_map()."""
    changed = set(_changed(show.pk, since))
    if not changed:
        return []
    seats = buyers_map(show, buyer, fee=fee).seats
    if any(action == SeatEvent.Action.REPRICE for _pk, action in changed):
        return seats
    ids = {pk for pk, _action in changed}
    return [seat for seat in seats if seat.id in ids]


@Compiled
def _changed(show_id: int, since: int) -> QuerySet[SeatEvent, tuple[int, str]]:
    return SeatEvent.objects.filter(show=show_id, revision__gt=since).order_by().values_list("show_seat", "action")


def _keep(key: MapKey, found: SharedMap) -> None:
    """Keep a map; the one that was made first goes if there are too many."""
    _maps.pop(key, None)
    while len(_maps) >= MOST_MAPS:
        _maps.pop(next(iter(_maps)), None)
    _maps[key] = found


def _make(show: ShowNow, key: MapKey, known: SharedMap | None) -> SharedMap:
    """Bring the known map up to date, or make one if the plan or the hall is another one."""
    if known and known.plan == _plan(show) and monotonic() - known.read_at < LONGEST:
        seats = _read(show.pk)
        places = {pk: state.seat_id for pk, (state, _buyer) in seats.items()}
        if places == {pk: state.seat_id for pk, state in known.states.items()}:
            return _follow(known, seats, show, key.fee)
    records, words, views = seat_records(show.pk), SeatWords(), []
    for record in records:
        state = state_of(record.status, record.expires_at, show.now)
        view = words.view(record, state, key.fee.added_to(record.price))
        view.holder = _holder(state, record.buyer, show.pk)
        views.append(view)
    whole = map_of(show.revision, rows_of(arrange(views, show.screen), show.screen))
    states = {record.pk: SeatState(*(getattr(record, name) for name in SeatState._fields)) for record in records}
    return SharedMap(_plan(show), whole, states, _first_end(states.values(), show.now), monotonic())


def _read(show_id: int) -> dict[int, tuple[SeatState, str | None]]:
    """The present state of each seat of a show, by key, and who holds it."""
    return {pk: (SeatState._make(state), buyer) for pk, buyer, *state in _states(show_id)}


@Compiled
def _states(show_id: int) -> QuerySet[ShowSeat, tuple[Any, ...]]:
    seats = ShowSeat.objects.filter(show=show_id).exclude(status=ShowSeat.Status.REMOVED).order_by()
    return seats.values_list("pk", "hold__buyer", "seat_id", "price", "status", "hold_id", "hold__expires_at")


def _follow(
    known: SharedMap, seats: Mapping[int, tuple[SeatState, str | None]], show: ShowNow, fee: BookingFee
) -> SharedMap:
    """The known map with the seats that changed, in a hall of the same places."""
    words, changed = SeatWords(), {}
    for seat in known.map.seats:
        now, buyer = seats[seat.id]
        state = state_of(now.status, now.expires_at, show.now)
        if state != seat.state or now != known.states[seat.id]:
            view = _restated(seat, state, fee.added_to(now.price), words)
            view.holder = _holder(state, buyer, show.pk)
            changed[seat.id] = view
    states = {pk: state for pk, (state, _buyer) in seats.items()}
    new = _with(known.map, changed, show.revision)
    return replace(known, map=new, states=states, until=_first_end(states.values(), show.now))


def _restated(seat: SeatView, state: str, price: Decimal, words: SeatWords) -> SeatView:
    """A copy of the seat in another state or at another price."""
    name = words.name(seat.label, seat.category, seat.kind, price, state)
    line = words.line(seat.number, seat.category, seat.kind, price)
    return replace(seat, state=state, price=price, name=name, line=line, checked=state == MINE, holder="")


def _with(known: SeatMap, changed: Mapping[int, SeatView], revision: int) -> SeatMap:
    """The map with other views of some seats. Rows without any are the same objects."""
    if not changed:
        return replace(known, revision=revision)
    rows = [
        replace(row, seats=[changed.get(seat.id, seat) for seat in row.seats])
        if any(seat.id in changed for seat in row.seats)
        else row
        for row in known.rows
    ]
    return map_of(revision, rows)


def _plan(show: ShowNow) -> Plan:
    screen = show.screen
    seats = (show.version, show.seats_dropped, show.tariff_id)
    return Plan(*seats, screen.pk, screen.version, screen.shape, screen.theatre.carer_free)


def _holder(state: str, buyer: str | None, show_id: int) -> str:
    return holder_fingerprint(buyer, show_id) if state == HELD and buyer else ""


def _first_end(states: Iterable[SeatState], now: datetime) -> datetime | None:
    """When the first hold ends that has not ended yet."""
    return min((s.expires_at for s in states if s.expires_at and s.expires_at > now), default=None)
