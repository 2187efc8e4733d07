"""Limits on unpaid holds.

They bound the unpaid holds of a client at once, unused holds before a pause, a client's share of a show, the time one
seat can be on hold, and the places of a client on a waiting list. A client is a browser, an IP address or an API user.
A browser can drop its cookie at any time; a family or an office shares an IP address, so its limits are higher.
Paid seats do not count.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from cinema.exceptions import (
    ClientKind,
    HoldCooldown,
    SeatsKeptTooLong,
    ShowShareReached,
    TooManyHolds,
    WaitingListLimitReached,
)
from cinema.models import Hold, SeatEvent, Show, ShowSeat, WaitingEntry
from cinema.models.annotated import HoldWithSeats
from cinema.selectors.people.fingerprints import Fingerprint
from cinema.services.booking import sql
from cinema.services.booking.seat_requests import SeatRequest, Source
from cinema.services.core.locking import lock_holders

# A client may have HOLDS_PER_ADDRESS / ONE_WAITS_IN places on the waiting list of one show. Each offer reserves its
# seats for WAIT_OFFER_MINUTES, so 6 offers that nobody takes delay the others by an hour and a half; with 30 it would
# be a day. Unused offers count for OFFER_COUNTS_FOR, so that they cannot be repeated at once.
ONE_WAITS_IN = 5
OFFER_COUNTS_FOR = timedelta(days=1)
LEAST_PART = 5  # a hold shorter than a fifth of HOLD_MINUTES is refused


class Limited(NamedTuple):
    """A client that limits are counted for.

    ``field`` of Hold identifies it, by any of ``names``; new holds get the first. ``most`` is how many unpaid holds it
    may have at once (0: any number).
    """

    holder: ClientKind
    field: str
    names: Sequence[str]
    most: int

    def has(self, hold: Hold) -> bool:
        return getattr(hold, self.field) in self.names


def check_hold_limits(
    *, show: Show, request: SeatRequest, hold: Hold | None, seats: Collection[ShowSeat], now: datetime
) -> timedelta:
    """Check that the buyer's ``hold`` at a locked show (None: a new one) may consist of ``seats``.

    The request must have a source; staff have no limits. Returns how long seats added to the hold may stay in it.
    Raises TooManyHolds, HoldCooldown, ShowShareReached, SeatsKeptTooLong.
    """
    everybody = _limited(request)
    if not (settings.SHOW_SHARE or any(one.most for one in everybody)):
        return timedelta(minutes=settings.HOLD_MAX_MINUTES)
    lock_holders(*(one.names[0] for one in everybody if one.most or settings.SHOW_SHARE))
    holds = _counted_holds(show, everybody, now)
    for one in everybody:
        theirs = [other for other in holds if one.has(other)]
        if hold is None:
            _check_number(one, theirs, now)
        if one.holder != ClientKind.BUYER:
            _check_share(show, [other for other in theirs if other != hold], len(seats), now)
    return _time_left(everybody, [other for other in holds if other != hold], seats, now)


def check_free_share(*, show: Show, hold: Hold, seats: int, now: datetime) -> None:
    """Check that the ticket of a booked ``hold`` may be exchanged for seats of a locked show that cost nothing.

    Raises ShowShareReached.
    """
    by = SeatRequest(show.pk, (), hold.buyer, Source(Fingerprint(hold.origin), Fingerprint(hold.program)))
    everybody = _limited(by)
    others = [other for other in _counted_holds(show, everybody, now) if other != hold]
    for one in everybody:
        if one.holder != ClientKind.BUYER:
            _check_share(show, [other for other in others if one.has(other)], seats, now)


def count_free_seats(*, hold_id: int, show: Show, seats: int) -> None:
    """Record ``seats`` of the ticket of a booked hold as booked free of charge, at the show that it is for now."""
    Hold.objects.filter(pk=hold_id).update(show=show, free_seats=seats, expires_at=show.starts_at)


def check_may_wait(*, show: Show, source: Source, now: datetime) -> None:
    """Check that ``source`` may have one more place on the waiting list of a locked show.

    Raises WaitingListLimitReached.
    """
    if source.client and settings.HOLDS_PER_ADDRESS:
        present = Q(status__in=[WaitingEntry.Status.WAITING, WaitingEntry.Status.OFFERED])
        unused = Q(
            status__in=[WaitingEntry.Status.OVER, WaitingEntry.Status.LEFT], offered_at__gt=now - OFFER_COUNTS_FOR
        )
        count = WaitingEntry.objects.filter(present | unused, show=show, origin__in=source.client).count()
        if count >= ceil(settings.HOLDS_PER_ADDRESS / ONE_WAITS_IN):
            raise WaitingListLimitReached(count)


def _limited(request: SeatRequest) -> list[Limited]:
    """The clients that the request counts for: browser, IP address, API user."""
    buyer, source = request.buyer, request.source or Source()
    named = [
        Limited(ClientKind.BUYER, "buyer", [buyer], settings.HOLDS_PER_BUYER),
        Limited(ClientKind.ADDRESS, "origin", source.client, settings.HOLDS_PER_ADDRESS),
        Limited(ClientKind.TOKEN, "program", source.program, settings.HOLDS_PER_TOKEN),
    ]
    return [one for one in named if one.names[0]]


def _counted_holds(show: Show, everybody: Collection[Limited], now: datetime) -> list[HoldWithSeats]:
    """The clients' active holds, recent holds that ended unused, and free bookings until their show begins.

    Each has its number of seats as ``held``. Of clients without a limit in number: only the holds at this show.
    """
    names: dict[str, Sequence[str]] = {one.field: [name for name in one.names if name] for one in everybody}
    limited = {one.field for one in everybody if one.most}
    rows = sql.COUNTED_HOLDS.rows(
        show=show.pk,
        since=now - _pause(),
        buyers=names.get("buyer", []),
        clients=names.get("origin", []),
        programs=names.get("program", []),
        all_of_buyers="buyer" in limited,
        all_of_clients="origin" in limited,
        all_of_programs="program" in limited,
    )
    for row in rows:
        row.hold.held = row.held
    return [row.hold for row in rows]


def _check_number(one: Limited, holds: Collection[Hold], now: datetime) -> None:
    active = [hold.expires_at for hold in holds if hold.is_active_at(now)]
    unused = sorted(
        _ended_at(hold) for hold in holds if not hold.is_active_at(now) and _ended_at(hold) > now - _pause()
    )
    if one.most and len(active) >= one.most:
        wait = active[-one.most] - now
        raise TooManyHolds(one.holder, len(active), wait=wait, spare=max(0, one.most - 1 - len(unused)))
    if one.most and len(unused) >= one.most:
        raise HoldCooldown(one.holder, len(unused), wait=unused[-one.most] + _pause() - now)


def _ended_at(hold: Hold) -> datetime:
    """When a hold ended unused. A free booking counts from its creation."""
    return hold.created_at if hold.status == Hold.Status.BOOKED else hold.expires_at


def _check_share(show: Show, others: Collection[HoldWithSeats], seats: int, now: datetime) -> None:
    """Raise ShowShareReached if the client would hold too much of the show. MAX_SEATS seats are always allowed."""
    limit = max(settings.MAX_SEATS, show.seats_total * settings.SHOW_SHARE // 100)
    kept = [other for other in others if other.show_id == show.pk and (other.free_seats or other.is_active_at(now))]
    held = sum(other.held for other in kept)
    if settings.SHOW_SHARE and held + seats > limit:
        raise ShowShareReached(held, limit)


def _time_left(
    everybody: Collection[Limited], holds: Collection[Hold], seats: Collection[ShowSeat], now: datetime
) -> timedelta:
    """How long the available ones of ``seats`` may be on hold.

    That is HOLD_MAX_MINUTES less the time each was in the clients' recent unused holds. Raises SeatsKeptTooLong.
    """
    whole = timedelta(minutes=settings.HOLD_MAX_MINUTES)
    limited = [one for one in everybody if one.most]
    unused = {hold.pk: hold for hold in holds if not hold.is_active_at(now) and any(one.has(hold) for one in limited)}
    free = [seat for seat in seats if seat.status == ShowSeat.Status.AVAILABLE]
    kept = _kept(unused, free) if unused and free else {}
    longest = max(kept.values(), default=timedelta())
    if whole - longest < timedelta(minutes=settings.HOLD_MINUTES) / LEAST_PART:
        again = max(hold.expires_at for hold in unused.values()) + _pause()
        raise SeatsKeptTooLong([seat for seat in free if kept.get(seat.pk) == longest], wait=again - now)
    return whole - longest


def _kept(holds: Mapping[int, Hold], seats: Collection[ShowSeat]) -> dict[int, timedelta]:
    """The total time each of these available seats was in these ended holds, by the seat ledger."""
    events = SeatEvent.objects.filter(show_seat__in=[seat.pk for seat in seats], hold__in=holds)
    since: dict[tuple[int, int], datetime] = {}
    kept: dict[int, timedelta] = {}
    for seat_id, hold_id, action, at in events.order_by("revision").values_list(
        "show_seat_id", "hold_id", "action", "at"
    ):
        began = since.pop((seat_id, hold_id), None)
        if action == SeatEvent.Action.HOLD:
            since[seat_id, hold_id] = at
        elif began:
            kept[seat_id] = kept.get(seat_id, timedelta()) + min(at, holds[hold_id].expires_at) - began
    return kept


def _pause() -> timedelta:
    return timedelta(minutes=settings.COOL_DOWN_MINUTES)
