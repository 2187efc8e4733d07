"""Limits on seats that are kept from others without being paid for.

They bound how many unpaid holds a buyer can have at once, how many of them can go unused before a pause, how much of
one show can be on hold, how long one seat can, and how many places on a waiting list there are for one client. Buyers
are counted by their browser, which can forget who it is at will, and by the network address and the API user they come
from. A family or an office shares the limits of its address, so those are high. What is paid is not counted any more.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cinema.exceptions import (
    ClientKind,
    HoldCooldown,
    SeatsKeptTooLong,
    ShowShareReached,
    TooManyHolds,
    WaitingListLimitReached,
)
from cinema.models import Hold, SeatEvent, Show, ShowSeat, WaitingEntry
from cinema.services.booking.seat_requests import SeatRequest, Source
from cinema.services.core.locking import lock_holders

# Of the holds a client may have, one in so many may be places on the waiting list of one show. Each offer keeps its
# seats from the next in line for WAIT_OFFER_MINUTES, so 6 of 30 that nobody means to take cost the others an hour and
# a half, not a day; offers that went unused count for OFFER_COUNTS_FOR, so that no new place starts it all again.
ONE_WAITS_IN = 5
OFFER_COUNTS_FOR = timedelta(days=1)
LEAST_PART = 5  # a hold that can only last a fifth of HOLD_MINUTES is none


class Limited(NamedTuple):
    """Somebody a limit is counted for: the ``field`` of Hold that knows them by one of ``names``, now by the first, and
    ``most`` unpaid holds at once (0: any number)."""

    holder: ClientKind
    field: str
    names: Sequence[str]
    most: int

    def has(self, hold: Hold) -> bool:
        return getattr(hold, self.field) in self.names


def check_hold_limits(
    *, show: Show, request: SeatRequest, hold: Hold | None, seats: Collection[ShowSeat], now: datetime
) -> timedelta:
    """Check that ``hold``, the buyer's own at a show the caller has locked (None: a new one), may be of ``seats``.

    The request has a source: for staff there are no limits. Returns how long the seats that are new in the hold may
    stay there. Raises TooManyHolds, HoldCooldown, ShowShareReached, SeatsKeptTooLong.
    """
    everybody = _limited(request)
    lock_holders(*(one.names[0] for one in everybody if one.most or settings.SHOW_SHARE))
    holds = _counted_holds(show, everybody, now)
    for one in everybody:
        theirs = [other for other in holds if one.has(other)]
        if hold is None:
            _check_number(one, theirs, now)
        if one.holder != ClientKind.BUYER:
            _check_share(show, [other for other in theirs if other != hold], len(seats), now)
    return _time_left(everybody, [other for other in holds if other != hold], seats, now)


def check_may_wait(*, show: Show, source: Source, now: datetime) -> None:
    """Check that one more place on the waiting list of a locked show may come from there. Raises
    WaitingListLimitReached."""
    if source.client and settings.HOLDS_PER_ADDRESS:
        present = Q(status__in=[WaitingEntry.Status.WAITING, WaitingEntry.Status.OFFERED])
        unused = Q(
            status__in=[WaitingEntry.Status.OVER, WaitingEntry.Status.LEFT], offered_at__gt=now - OFFER_COUNTS_FOR
        )
        count = WaitingEntry.objects.filter(present | unused, show=show, origin__in=source.client).count()
        if count >= ceil(settings.HOLDS_PER_ADDRESS / ONE_WAITS_IN):
            raise WaitingListLimitReached(count)


def _limited(request: SeatRequest) -> list[Limited]:
    """Everybody the request counts for."""
    buyer, source = request.buyer, request.source or Source()
    named = [
        Limited(ClientKind.BUYER, "buyer", [buyer], settings.HOLDS_PER_BUYER),
        Limited(ClientKind.ADDRESS, "origin", source.client, settings.HOLDS_PER_ADDRESS),
        Limited(ClientKind.TOKEN, "program", source.program, settings.HOLDS_PER_TOKEN),
    ]
    return [one for one in named if one.names[0]]


def _counted_holds(show: Show, everybody: Collection[Limited], now: datetime) -> list[Hold]:
    """Their active holds, those that ended a short while ago without a booking, and bookings that cost nothing until
    their show begins; each with how many seats it has: ``held``. Where there is no limit in number, those at the show
    alone."""
    whose = Q()
    for one in everybody:
        anywhere = one.most or one.holder == ClientKind.BUYER
        theirs = Q(**{f"{one.field}__in": one.names})
        whose |= theirs if anywhere else theirs & Q(show=show)
    seats = ShowSeat.objects.filter(hold=OuterRef("pk")).values("hold").annotate(count=Count("pk")).values("count")
    recent = Hold.objects.filter(whose, expires_at__gt=now - _pause()).exclude(show__status=Show.Status.CANCELLED)
    recent = recent.exclude(status=Hold.Status.BOOKED, free_seats=0)
    return list(
        recent.annotate(held=Coalesce(Subquery(seats), F("free_seats"), output_field=IntegerField())).order_by(
            "expires_at"
        )
    )


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
    """When a hold ended unused; one that was booked for nothing did so when it began."""
    return hold.created_at if hold.status == Hold.Status.BOOKED else hold.expires_at


def _check_share(show: Show, others: Collection[Hold], seats: int, now: datetime) -> None:
    """A booking of the usual size always fits, in the smallest hall."""
    limit = max(settings.MAX_SEATS, show.seats_total * settings.SHOW_SHARE // 100)
    kept = [other for other in others if other.show_id == show.pk and (other.free_seats or other.is_active_at(now))]
    held = sum(other.held for other in kept)
    if settings.SHOW_SHARE and held + seats > limit:
        raise ShowShareReached(held, limit)


def _time_left(
    everybody: Collection[Limited], holds: Collection[Hold], seats: Collection[ShowSeat], now: datetime
) -> timedelta:
    """How long the free ones of ``seats`` may be on hold: HOLD_MAX_MINUTES in all, less what their recent unused holds
    took of each. Raises SeatsKeptTooLong."""
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
    """How long each of the seats was in these holds, which are over, in all: by the seat ledger."""
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
    for (seat_id, hold_id), began in since.items():  # nobody has noticed yet that these have run out
        kept[seat_id] = kept.get(seat_id, timedelta()) + holds[hold_id].expires_at - began
    return kept


def _pause() -> timedelta:
    return timedelta(minutes=settings.COOL_DOWN_MINUTES)
