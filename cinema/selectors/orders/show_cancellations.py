"""Reads about cancelled shows: what it would mean, and how far it is."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Now

from cinema.domain.money import exact
from cinema.models import Hold, SeatEvent, Show, ShowCancellation, Theatre, Ticket, WaitingEntry
from cinema.selectors.core.balances import with_money


class CancellationPreview(NamedTuple):
    """What cancelling a show would mean: ``money`` is what would be refunded."""

    tickets: int
    seats: int
    money: Decimal
    holds: int
    unpaid: int
    waiting: int


class CancellationProgress(NamedTuple):
    """How far the tickets of a cancelled show are: all of them, those refunded, exchanged, and left; the money that
    was refunded, and what is still owed to buyers."""

    total: int
    refunded: int
    exchanged: int
    left: int
    money: Decimal
    owed: Decimal

    @property
    def done(self) -> int:
        return self.total - self.left


def show_to_cancel(theatre: Theatre, pk: int) -> Show | None:
    """A show of the theatre, loaded with its movie, language and cancellation; None for a draft."""
    shows = Show.objects.filter(screen__theatre=theatre, pk=pk).exclude(status=Show.Status.DRAFT)
    return shows.select_related("movie", "screen__theatre", "language", "cancellation__user").first()


def cancellation_of(show: Show) -> ShowCancellation | None:
    """How the show was cancelled, with the user who did it."""
    return ShowCancellation.objects.select_related("user").filter(show=show).first()


def preview(show: Show) -> CancellationPreview:
    """What would become of its tickets, holds and waiting list."""
    sold = Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED)
    holds = Hold.objects.filter(show=show, status=Hold.Status.ACTIVE, expires_at__gt=Now())
    return CancellationPreview(
        tickets=sold.count(),
        seats=show.admissions,
        money=kept_for_buyers(show),
        holds=holds.count(),
        unpaid=Ticket.objects.filter(show=show, status=Ticket.Status.PENDING).count(),
        waiting=WaitingEntry.objects.filter(show=show, status=WaitingEntry.Status.WAITING).count(),
    )


def kept_for_buyers(show: Show) -> Decimal:
    """The money kept for the tickets that are still good for the show."""
    sold = with_money(Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED))
    return exact(sold.aggregate(sum=Sum("kept"))["sum"] or Decimal(0))


def is_open(cancellation: ShowCancellation, now: datetime) -> bool:
    """Whether buyers may still choose another show."""
    return cancellation.choose_until is not None and now < cancellation.choose_until


def to_refund(cancellation: ShowCancellation) -> QuerySet[Ticket, str]:
    """The codes of the tickets that are left."""
    left = Ticket.objects.filter(show=cancellation.show_id, status=Ticket.Status.CONFIRMED)
    return left.order_by("pk").values_list("code", flat=True)


def progress(cancellation: ShowCancellation) -> CancellationProgress:
    """How far it is, in three statements."""
    confirmed = Q(status=Ticket.Status.CONFIRMED)
    since = Q(status=Ticket.Status.CANCELLED, cancelled_at__gte=cancellation.created_at)
    counts = Ticket.objects.filter(show=cancellation.show_id).aggregate(
        left=Count("pk", filter=confirmed),
        refunded=Count("pk", filter=since),
        owed=Max("show__owed", default=Decimal(0)),
    )
    moved = SeatEvent.objects.filter(
        show=cancellation.show_id, action=SeatEvent.Action.MOVE_OUT, at__gte=cancellation.created_at
    )
    exchanged = moved.aggregate(count=Count("ticket", distinct=True))["count"]
    back = _cancelled(cancellation).aggregate(
        sum=Sum("payments__refunds__amount", filter=Q(payments__refunds__reason="SHOW_CANCELLED"))
    )
    return CancellationProgress(
        total=counts["left"] + counts["refunded"] + exchanged,
        exchanged=exchanged,
        money=exact(back["sum"] or Decimal(0)),
        **counts,
    )


def other_shows(ticket: Ticket) -> list[Show]:
    """Where the ticket of a cancelled show, loaded with its show and seats, could go: shows of its film at its
    theatre that are on sale and have as many free seats, the nearest first."""
    show, party = ticket.show, len(ticket.seats.all())
    begun = Q(sales_start_at=None) | Q(sales_start_at__lte=Now())
    shows = Show.objects.filter(
        begun,
        movie=show.movie_id,
        screen__theatre=show.screen.theatre_id,
        status=Show.Status.SCHEDULED,
        sales_end_at__gt=Now(),
        seats_free__gte=party,
    )
    return list(shows.select_related("movie", "screen__theatre", "language", "subtitles").order_by("starts_at")[:40])


def _cancelled(cancellation: ShowCancellation) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        show=cancellation.show_id, status=Ticket.Status.CANCELLED, cancelled_at__gte=cancellation.created_at
    )
