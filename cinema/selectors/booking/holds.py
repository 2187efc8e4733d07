"""Reads about holds."""

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Now

from cinema.domain.seating.pictures import Dot
from cinema.models import Hold, Seat, SeatEvent, Show, ShowSeat, Ticket
from cinema.models.annotated import HoldNow
from cinema.selectors.core.compiled import Compiled, give


def holds_of(buyer: str) -> list[Hold]:
    """The buyer's active holds, the next to expire first, with ``seat_count`` and ``now``, the database's clock."""
    return _active(buyer) if buyer else []


@Compiled
def _active(buyer: str) -> QuerySet[Hold]:
    # A subquery, because grouping a join by every column of five tables takes longer than the rest together.
    seats = ShowSeat.objects.filter(hold=OuterRef("pk")).values("hold").annotate(count=Count("pk")).values("count")
    return (
        Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now())
        .annotate(seat_count=Subquery(seats), now=Now())
        .select_related("show__movie", "show__screen__theatre")
        .order_by("expires_at")
    )


def hold_by_code(code: str, buyer: str) -> HoldNow | None:
    """The buyer's own hold with its show, its seats in hall order and ``now``; None for the hold of another buyer."""
    return next(iter(_with_seats(_by_code(code, buyer))), None)


@Compiled
def _by_code(code: str, buyer: str) -> QuerySet[HoldNow]:
    return _whole(Hold.objects.filter(code=code, buyer=buyer))


def holds_beside(hold: Hold) -> list[HoldNow]:
    """The other active holds of the buyer at the theatre, which go into the same order; loaded as by hold_by_code()."""
    return _with_seats(_beside(hold.buyer, hold.pk, hold.show.screen.theatre_id))


@Compiled
def _beside(buyer: str, pk: int, theatre: int) -> QuerySet[HoldNow]:
    active = Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now()).exclude(pk=pk)
    here = active.filter(show__screen__theatre=theatre, show__status=Show.Status.SCHEDULED)
    return _whole(here).order_by("show__starts_at", "pk")


def _whole(holds: QuerySet[Hold]) -> QuerySet[HoldNow]:
    shows = ("show__movie", "show__screen__theatre", "show__language", "show__subtitles")
    return holds.select_related(*shows).annotate(now=Now())


def _with_seats(holds: list[HoldNow]) -> list[HoldNow]:
    """Load the seats of holds, in the order of the hall, in one statement."""
    if len(holds) == 1:
        give(holds[0], "seats", _seats(holds[0].pk))
    else:
        seats = ShowSeat.objects.select_related("seat__category").order_by("seat__y", "seat__x")
        prefetch_related_objects(holds, Prefetch("seats", seats))
    return holds


@Compiled
def _seats(hold: int) -> QuerySet[ShowSeat]:
    return ShowSeat.objects.filter(hold=hold).select_related("seat__category").order_by("seat__y", "seat__x")


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
    return next(iter(_pending(hold.pk)), None)


@Compiled
def _pending(hold: int) -> QuerySet[Ticket]:
    return Ticket.objects.select_related("order").filter(hold=hold, status=Ticket.Status.PENDING).order_by("pk")[:1]
