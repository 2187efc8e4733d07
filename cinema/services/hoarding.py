"""Who keeps seats from others without buying them is stopped: how many unpaid holds one may have at once, and how much
of one show, how often one may wait for seats there, and a pause for those who let theirs go unused again and again.

It counts by the buyer's browser, and by where requests come from, for a browser forgets who it is at will. A family or
an office behind one address shares its limit, so that is set high; whoever pays is not counted any more.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, OuterRef, Q, Subquery

from cinema.exceptions import CoolingDown, Holder, ShareTaken, TooManyHolds, WaitsEnough
from cinema.marks import mark
from cinema.models import Hold, Show, ShowSeat, WaitingEntry
from cinema.services.locking import lock_holders

# Of the holds an address may have, one in so many may wait in the line of one show. Each offer keeps its seats from who
# is next for WAIT_OFFER_MINUTES, so 6 of 30 that nobody means to take cost the others an hour and a half, not a day.
ONE_WAITS_IN = 5


class Origin(NamedTuple):
    """Where a hold comes from. ``mark`` is what is kept of it; "" where that is not known."""

    mark: str
    kind: Holder

    @property
    def most(self) -> int:
        """How many unpaid holds may come from there at once; 0 is any number."""
        return settings.HOLDS_PER_TOKEN if self.kind == Holder.TOKEN else settings.HOLDS_PER_ADDRESS


def origin_of_address(address: str) -> Origin:
    """The origin of a browser at a network address."""
    return Origin(mark(address), Holder.ADDRESS)


def origin_of_program(owner: str) -> Origin:
    """The origin of what programs book for an API user, wherever they run."""
    return Origin(mark(owner), Holder.TOKEN)


def check_not_hoarding(*, show: Show, buyer: str, origin: Origin, hold: Hold | None, seats: int, now: datetime) -> None:
    """Refuse more seats to who has enough of them for the moment, at a show the caller has locked.

    ``hold`` is the buyer's own there, if any, and is to have ``seats``. Raises TooManyHolds, CoolingDown, ShareTaken.
    """
    lock_holders(buyer, origin.mark if origin.most else "")
    unpaid = _unpaid_holds(show, buyer, origin, now)
    from_there = [other for other in unpaid if origin.mark and other.origin == origin.mark]
    if hold is None:
        _check_number(Holder.BUYER, [other for other in unpaid if other.buyer == buyer], settings.HOLDS_PER_BUYER, now)
        _check_number(origin.kind, from_there, origin.most, now)
    _check_share(show, [other for other in from_there if other != hold and other.lives_at(now)], seats)


def check_may_wait(*, show: Show, origin: Origin) -> None:
    """Refuse one more place in the line of a locked show to where enough of them come from. Raises WaitsEnough."""
    if origin.mark and origin.most:
        alive = [WaitingEntry.Status.WAITING, WaitingEntry.Status.OFFERED]
        count = WaitingEntry.objects.filter(show=show, origin=origin.mark, status__in=alive).count()
        if count >= ceil(origin.most / ONE_WAITS_IN):
            raise WaitsEnough(count)


def _unpaid_holds(show: Show, buyer: str, origin: Origin, now: datetime) -> list[Hold]:
    """Living holds, and those that ended a short while ago without a booking, unless their show was called off; each
    with how many seats are ``held``."""
    whose = Q(buyer=buyer)
    if origin.mark and origin.most:
        whose |= Q(origin=origin.mark)
    elif origin.mark and settings.SHOW_SHARE:
        whose |= Q(origin=origin.mark, show=show)
    seats = ShowSeat.objects.filter(hold=OuterRef("pk")).values("hold").annotate(count=Count("pk")).values("count")
    recent = Hold.objects.filter(whose, expires_at__gt=now - _pause()).exclude(status=Hold.Status.BOOKED)
    recent = recent.exclude(show__status=Show.Status.CANCELLED)
    return list(recent.annotate(held=Subquery(seats)).order_by("expires_at"))


def _check_number(holder: Holder, holds: Collection[Hold], most: int, now: datetime) -> None:
    living = [hold.expires_at for hold in holds if hold.lives_at(now)]
    unused = [hold.expires_at for hold in holds if not hold.lives_at(now)]
    if most and len(living) >= most:
        raise TooManyHolds(holder, len(living), wait=living[-most] - now, spare=max(0, most - 1 - len(unused)))
    if most and len(unused) >= most:
        raise CoolingDown(holder, len(unused), wait=unused[-most] + _pause() - now)


def _check_share(show: Show, others: Collection[Hold], seats: int) -> None:
    """A booking of the usual size always fits, in the smallest hall."""
    limit = max(settings.MAX_SEATS, show.seats_total * settings.SHOW_SHARE // 100)
    held = sum(other.held or 0 for other in others if other.show_id == show.pk)
    if settings.SHOW_SHARE and held + seats > limit:
        raise ShareTaken(held, limit)


def _pause() -> timedelta:
    return timedelta(minutes=settings.COOL_DOWN_MINUTES)
