"""Refusing without any lock what is hopeless already, so that only the hopeful wait in line for the show."""

from collections.abc import Collection, Sequence

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from cinema.exceptions import (
    DuplicateSeat,
    NoBlockLeft,
    NoSeats,
    PaymentsUnavailable,
    SeatsUnavailable,
    TooManySeats,
    UnknownSeats,
    UnknownShow,
)
from cinema.models import Hold, Seat, Show, ShowSeat
from cinema.observability.metrics import refusals
from cinema.selectors.booking.places import taken_lately


@refusals()
def guard(*, show_id: int, seat_ids: Sequence[int], buyer: str) -> None:
    """For exactly these seats. Raises as holds.hold_seats().

    When a crowd is being refused, its latest look at the hall serves here, too, without a statement.
    """
    _check_number(len(seat_ids))
    if len(set(seat_ids)) < len(seat_ids):
        raise DuplicateSeat
    if gone := taken_lately(show_id, seat_ids, buyer):
        raise SeatsUnavailable([_named(place.pk, place.row, place.number) for place in gone])
    asked = ShowSeat.objects.filter(show_id=show_id, pk__in=seat_ids).annotate(now=Now())
    rows = list(
        asked.order_by("pk").values_list(
            "pk",
            "status",
            "hold__buyer",
            "hold__expires_at",
            "show__house_release_at",
            "now",
            "seat__row",
            "seat__number",
        )
    )
    if not rows and not Show.objects.filter(pk=show_id).exclude(status=Show.Status.DRAFT).exists():
        raise UnknownShow
    check_known(found=[pk for pk, *_ in rows], wanted=set(seat_ids))
    taken = [
        _named(pk, row, number)
        for pk, status, holder, ends, release_at, now, row, number in rows
        if status != ShowSeat.Status.AVAILABLE
        and not (ends and (holder == buyer or ends <= now))
        and not (status == ShowSeat.Status.BLOCKED and release_at and release_at <= now)
    ]
    if taken:
        raise SeatsUnavailable(taken)


@refusals()
def guard_best(*, show_id: int, party: int, buyer: str) -> None:
    """For the best seats there are. Raises as holds.hold_best()."""
    _check_number(party)
    _check_room(show_id, party, buyer)


def check_known(*, found: Collection[int], wanted: set[int]) -> None:
    """Raises UnknownSeats for what is wanted and was not found."""
    if unknown := wanted.difference(found):
        raise UnknownSeats(unknown)


def _check_number(seats: int) -> None:
    if not settings.PAYMENT_GATEWAY:
        raise PaymentsUnavailable
    if seats < 1:
        raise NoSeats
    if seats > settings.MAX_SEATS:
        raise TooManySeats(seats, settings.MAX_SEATS)


def _check_room(show_id: int, party: int, buyer: str) -> None:
    """Refuse without a lock who comes when the hall is full: no seat is free, the buyer's own, or held too long."""
    holds = Hold.objects.filter(
        Q(buyer=buyer) | Q(expires_at__lte=Now()), show=OuterRef("pk"), status=Hold.Status.ACTIVE
    )
    full = Show.objects.filter(~Exists(holds), pk=show_id, seats_free__lt=party, sales_end_at__gt=Now())
    full = full.exclude(house_release_at__lte=Now())
    left = full.filter(status=Show.Status.SCHEDULED).values_list("seats_free", flat=True).first()
    if left is not None:
        raise NoBlockLeft(party if left else 1)


def _named(pk: int, row: str, number: int) -> ShowSeat:
    """As much of a seat as it takes to say which one."""
    return ShowSeat(pk=pk, seat=Seat(row=row, number=number))
