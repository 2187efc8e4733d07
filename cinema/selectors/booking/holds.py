"""Reads about holds."""

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Now

from cinema.domain.seating.pictures import Dot
from cinema.models import Hold, Seat, SeatEvent, Show, ShowSeat, Ticket
from cinema.models.annotated import HoldNow


def holds_of(buyer: str) -> list[Hold]:
    """The buyer's active holds, the next to expire first, with ``seat_count`` and ``now``, the database's clock."""
    if not buyer:
        return []
    # A subquery, because grouping a join by every column of five tables takes longer than the rest together.
    seats = ShowSeat.objects.filter(hold=OuterRef("pk")).values("hold").annotate(count=Count("pk")).values("count")
    return list(
        Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now())
        .annotate(seat_count=Subquery(seats), now=Now())
        .select_related("show__movie", "show__screen__theatre")
        .order_by("expires_at")
    )


def hold_by_code(code: str, buyer: str) -> HoldNow | None:
    """The buyer's own hold with its show, its seats in hall order and ``now``; None for the hold of another buyer."""
    return _whole(Hold.objects.filter(code=code, buyer=buyer)).first()


def holds_beside(hold: Hold) -> list[HoldNow]:
    """The other active holds of the buyer at the theatre, which go into the same order; loaded as by hold_by_code()."""
    active = Hold.objects.filter(buyer=hold.buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now()).exclude(pk=hold.pk)
    here = active.filter(show__screen__theatre=hold.show.screen.theatre_id, show__status=Show.Status.SCHEDULED)
    return list(_whole(here).order_by("show__starts_at", "pk"))


def _whole(holds: QuerySet[Hold]) -> QuerySet[HoldNow]:
    seats = ShowSeat.objects.select_related("seat__category").order_by("seat__y", "seat__x")
    shows = ("show__movie", "show__screen__theatre", "show__language", "show__subtitles")
    return holds.select_related(*shows).prefetch_related(Prefetch("seats", seats)).annotate(now=Now())


def seats_of_hold(hold: Hold) -> list[Seat]:
    """The seats of a hold loaded by hold_by_code(). If it has ended, the seats it had last."""
    if seats := [show_seat.seat for show_seat in hold.seats.all()]:
        return seats
    freed = SeatEvent.objects.filter(show=hold.show, hold=hold, to_status=ShowSeat.Status.AVAILABLE)
    events = list(
        freed.select_related("show_seat__seat").order_by("-revision", "show_seat__seat__y", "show_seat__seat__x")
    )
    return [event.show_seat.seat for event in events if event.revision == events[0].revision]


def plan_of_hold(hold: Hold) -> list[Dot]:
    """The plan of the hall for draw_plan(), with the seats of the hold highlighted."""
    seats = ShowSeat.objects.filter(show=hold.show_id).exclude(status=ShowSeat.Status.REMOVED)
    return [Dot(x, y, of == hold.pk) for x, y, of in seats.values_list("seat__x", "seat__y", "hold")]


def ticket_of_hold(hold: Hold) -> Ticket | None:
    """The paid ticket of a hold, confirmed or since cancelled; None before."""
    paid = hold.tickets.filter(status__in=[Ticket.Status.CONFIRMED, Ticket.Status.CANCELLED])
    return paid.order_by("-status", "-pk").first()  # a confirmed one first


def pending_ticket(hold: Hold) -> Ticket | None:
    """The unpaid ticket of an earlier checkout of the hold, or None."""
    return hold.tickets.select_related("order").filter(status=Ticket.Status.PENDING).first()
