"""Sold seats that a block takes off sale: the tickets in conflict, and equal seats for them."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from cinema.domain.seating.blocks import best_block, nearest_blocks
from cinema.domain.seating.places import LOVE, STANDARD, SeatPlace
from cinema.domain.seating.rows import distance
from cinema.models import Seat, SeatBlock, Show, ShowSeat, Ticket, TicketSeat
from cinema.selectors.booking.blocks import coming_shows, off_sale

Status = ShowSeat.Status
NOTHING = Decimal(0)


class Conflict(NamedTuple):
    """A paid ticket with ``seats`` in a block; ``party`` is the number of all its seats."""

    ticket: Ticket
    show: Show
    seats: list[Seat]
    party: int


class BlockPreview(NamedTuple):
    """The effect of a block: the number of coming shows, of free and of held seats, and the tickets in conflict."""

    shows: int
    free: int
    held: int
    conflicts: list[Conflict]


def conflicts_of(block: SeatBlock, now: datetime) -> list[Conflict]:
    """The tickets in conflict with an active block, the next show first. Released house seats are no conflict."""
    if block.lifted_at:
        return []
    lines = list(_sold([seat.pk for seat in block.seats.all()], block.from_day, block.until_day))
    shows = {line.show_seat.show_id: line.show_seat.show for line in lines}
    off = off_sale(list(shows.values()), now)
    return _conflicts([line for line in lines if line.show_seat.seat_id in off[line.show_seat.show_id].seats])


def preview(
    *,
    screen_id: int,
    seat_ids: Collection[int],
    days: tuple[date, date | None],
    release: int | None,
    now: datetime,
) -> BlockPreview:
    """The effect of blocking these seats on these ``days`` (no last day: for good).

    ``release`` is how many minutes before a show they come back on sale.
    """
    from_day, until_day = days
    shows = coming_shows(screen_id=screen_id, from_day=from_day, until_day=until_day)
    if release is not None:
        shows = shows.filter(starts_at__gt=now + timedelta(minutes=release))
    seats = ShowSeat.objects.filter(seat__in=seat_ids, show__in=shows.order_by())
    counted = seats.aggregate(
        shows=Count("show", distinct=True),
        free=Count("pk", filter=Q(status=Status.AVAILABLE)),
        held=Count("pk", filter=Q(status=Status.HELD)),
    )
    return BlockPreview(**counted, conflicts=_conflicts(_sold(seat_ids, from_day, until_day)))


def _sold(seat_ids: Collection[int], from_day: date, until_day: date | None) -> QuerySet[TicketSeat]:
    """Sold seats at shows on these days that are not over."""
    days = {"show_seat__show__trading_day__gte": from_day}
    if until_day:
        days["show_seat__show__trading_day__lte"] = until_day
    lines = TicketSeat.objects.filter(
        show_seat__seat__in=seat_ids,
        show_seat__status=Status.BOOKED,
        show_seat__show__ends_at__gt=Now(),
        show_seat__show__status=Show.Status.SCHEDULED,
        active=True,
        **days,
    )
    show = "show_seat__show"
    lines = lines.select_related("ticket__order", "show_seat__seat", f"{show}__movie", f"{show}__screen")
    return lines.order_by(f"{show}__starts_at", show, "ticket", "show_seat__seat__y", "show_seat__seat__x")


def _conflicts(lines: Collection[TicketSeat]) -> list[Conflict]:
    lines = list(lines)
    tickets = {line.ticket_id for line in lines}
    sizes = TicketSeat.objects.filter(ticket__in=tickets, active=True).values("ticket").annotate(n=Count("pk"))
    party = dict(sizes.values_list("ticket", "n")) if tickets else {}
    found = []
    for ticket, group in groupby(lines, key=lambda line: line.ticket):
        of_ticket = list(group)
        seats = [line.show_seat.seat for line in of_ticket]
        found.append(Conflict(ticket, of_ticket[0].show_seat.show, seats, party[ticket.pk]))
    return found


def equal_seats(hall: Collection[SeatPlace], had: Collection[int], broken: Collection[int]) -> list[int] | None:
    """Return the new seats of a party with the seats ``had``, of which ``broken`` are unusable; None if impossible.

    Each broken seat is exchanged for one of the same category and kind. All of the party in such seats move, so that
    they sit together, as near as possible to their old seats. In ``hall`` the party's own seats are free too.
    """
    mine = [place for place in hall if place.pk in had]
    chosen = [place.pk for place in mine]
    for category, kind in dict.fromkeys((p.category, p.kind) for p in mine if p.pk in broken):
        group = [place for place in mine if (place.category, place.kind) == (category, kind)]
        # Prices are ignored, because they may have changed since the sale.
        equal = [
            place._replace(
                free=place.free and (place.category, place.kind) == (category, kind) and place.pk not in broken,
                price=NOTHING,
            )
            for place in hall
        ]
        found = _near(equal, [place._replace(price=NOTHING) for place in group], kind)
        if found is None:
            return None
        gone = {place.pk for place in group}
        chosen = [pk for pk in chosen if pk not in gone] + [place.pk for place in found]
    return chosen


def _near(hall: list[SeatPlace], group: list[SeatPlace], kind: str) -> list[SeatPlace] | None:
    if kind not in (STANDARD, LOVE):  # wheelchair spaces and companion seats are few: the nearest free one
        free = {place.pk: place for place in hall if place.free}
        found = []
        for place in group:
            if place.pk in free:
                found.append(free.pop(place.pk))
        for place in group[len(found) :]:
            if not free:
                return None
            best = min(free.values(), key=lambda other: distance((other.x, other.y), (place.x, place.y)))
            found.append(free.pop(best.pk))
        return found
    nearest = nearest_blocks(hall, group, 1)
    return nearest[0] if nearest else best_block(hall, len(group), avoid_singles=False)
