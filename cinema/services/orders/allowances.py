"""Free tickets, and other prices below the list, in a sale at the counter: allowed by somebody, for a reason."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from cinema.exceptions import NoSeats, PriceNotLower, SaleEmpty, SalePartPaid
from cinema.models import AllowedPrice, Hold, ShowSeat, Theatre
from cinema.selectors.booking.tariffs import order_lines
from cinema.selectors.orders.counter import part_paid_order
from cinema.services.core.amounts import check_payable
from cinema.services.core.locking import lock_shows
from cinema.services.core.transactions import atomically
from cinema.services.money.counter_actions import Permission


class PriceRequest(NamedTuple):
    """The keys of ShowSeats in a sale, with their ticket types, and what each may be sold for."""

    seat_ids: Collection[int]
    types: Mapping[int, int]
    price: Decimal


@atomically
def allow_price(*, theatre: Theatre, buyer: str, wanted: PriceRequest, permission: Permission) -> None:
    """Let seats of a sale of which nothing is paid be sold for less, or for nothing.

    Raises NoSeats, SaleEmpty unless all of them are in the sale, SalePartPaid, PriceNotLower, AmountTooPrecise,
    UnknownTicketType.
    """
    check_payable(wanted.price)
    if not wanted.seat_ids:
        raise NoSeats
    holds = _lock(theatre, buyer)
    seats = ShowSeat.objects.filter(pk__in=wanted.seat_ids, hold__in=holds).select_related("seat").order_by("pk")
    types = {seat: kind for seat, kind in wanted.types.items() if seat in wanted.seat_ids}
    lines = order_lines(list(seats), theatre, types)
    if len(lines) != len(set(wanted.seat_ids)):
        raise SaleEmpty
    if any(wanted.price >= line.price for line in lines):
        raise PriceNotLower
    AllowedPrice.objects.filter(hold__in=holds, show_seat__in=wanted.seat_ids).delete()
    hold_of = {hold.pk: hold for hold in holds}
    AllowedPrice.objects.bulk_create(
        AllowedPrice(
            hold=hold_of[line.seat.hold_id or 0],
            show_seat=line.seat,
            price=wanted.price,
            list_price=line.price,
            reason=permission.reason,
            by=permission.by,
            allowed_by=permission.allowed_by,
        )
        for line in lines
    )


@atomically
def charge_list_prices(*, theatre: Theatre, buyer: str) -> None:
    """Let all seats of a sale cost what they cost again. Raises SaleEmpty, SalePartPaid."""
    AllowedPrice.objects.filter(hold__in=_lock(theatre, buyer)).delete()


def _lock(theatre: Theatre, buyer: str) -> list[Hold]:
    """Lock the shows of a sale; return its holds. Raises SaleEmpty, SalePartPaid."""
    mine: QuerySet[Hold] = Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now())
    mine = mine.filter(show__screen__theatre=theatre)
    lock_shows(Q(pk__in=mine.values("show")))
    holds = list(mine.order_by("pk"))
    if not holds:
        raise SaleEmpty
    if part_paid_order(holds, buyer):
        raise SalePartPaid
    return holds
