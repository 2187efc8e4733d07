"""Reads about holds."""

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Now

from cinema.domain.seating.pictures import Dot
from cinema.models import Hold, Seat, SeatEvent, ShowSeat, Ticket


def holds_of(buyer: str) -> list[Hold]:
    """The buyer's living holds, the most urgent first, each with ``seat_count`` and ``now``.

    ``now`` is the database's clock, from which a page computes how long is left.
    """
    if not buyer:
        return []
    # A subquery, not a join: grouping by every column of five tables takes longer than all the rest.
    seats = ShowSeat.objects.filter(hold=OuterRef("pk")).values("hold").annotate(count=Count("pk")).values("count")
    return list(
        Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now())
        .annotate(seat_count=Subquery(seats), now=Now())
        .select_related("show__movie", "show__screen__theatre")
        .order_by("expires_at")
    )


def hold_by_code(code: str, buyer: str) -> Hold | None:
    """The buyer's own hold with its show and ``now``, its seats in the order of the hall; None for anybody else's."""
    seats = ShowSeat.objects.select_related("seat__category").order_by("seat__y", "seat__x")
    return (
        Hold.objects.filter(code=code, buyer=buyer)
        .select_related("show__movie", "show__screen__theatre", "show__language", "show__subtitles")
        .prefetch_related(Prefetch("seats", seats))
        .annotate(now=Now())
        .first()
    )


def seats_of_hold(hold: Hold) -> list[Seat]:
    """The seats of a hold read by hold_by_code(); of one that is over, those it had to the end."""
    if seats := [show_seat.seat for show_seat in hold.seats.all()]:
        return seats
    freed = SeatEvent.objects.filter(show=hold.show, hold=hold, to_status=ShowSeat.Status.AVAILABLE)
    events = list(
        freed.select_related("show_seat__seat").order_by("-revision", "show_seat__seat__y", "show_seat__seat__x")
    )
    return [event.show_seat.seat for event in events if event.revision == events[0].revision]


def plan_of_hold(hold: Hold) -> list[Dot]:
    """The hall of a hold's show, in which the seats of the hold are chosen."""
    seats = ShowSeat.objects.filter(show=hold.show_id).exclude(status=ShowSeat.Status.REMOVED)
    return [Dot(x, y, of == hold.pk) for x, y, of in seats.values_list("seat__x", "seat__y", "hold")]


def ticket_of_hold(hold: Hold) -> Ticket | None:
    """The ticket a hold has become, once it is paid; it may be cancelled by now."""
    paid = hold.tickets.filter(status__in=[Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED])
    return paid.order_by("-status", "-pk").first()  # a confirmed one first


def pending_ticket(hold: Hold) -> Ticket | None:
    """The ticket of an earlier checkout of the hold that was not paid."""
    return hold.tickets.filter(status=Ticket.Status.PENDING).first()
