"""Reads about the cancellation of shows: a preview, and its progress."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Now

from cinema.domain.money import exact
from cinema.models import Hold, SeatEvent, Show, ShowCancellation, Theatre, Ticket, WaitingEntry
from cinema.selectors.core.features import with_features


class CancellationPreview(NamedTuple):
    """The effect of cancelling a show; ``money`` is the sum that would be refunded."""

    tickets: int
    seats: int
    money: Decimal
    holds: int
    unpaid: int
    waiting: int


class CancellationProgress(NamedTuple):
    """Numbers of tickets of a cancelled show, in total, refunded, exchanged and left; money refunded and still owed."""

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
    """The cancellation of the show with the user who did it, or None."""
    return ShowCancellation.objects.select_related("user").filter(show=show).first()


def preview(show: Show) -> CancellationPreview:
    """Count the tickets, holds and waiting parties that a cancellation would affect."""
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
    """The money kept for the confirmed tickets of the show."""
    sold = Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED)
    return exact(sold.aggregate(sum=Sum("kept"))["sum"] or Decimal(0))


def is_open(cancellation: ShowCancellation, now: datetime) -> bool:
    """Whether buyers may still choose another show."""
    return cancellation.choose_until is not None and now < cancellation.choose_until


def to_refund(cancellation: ShowCancellation) -> QuerySet[Ticket, str]:
    """The codes of the tickets still to be refunded."""
    left = Ticket.objects.filter(show=cancellation.show_id, status=Ticket.Status.CONFIRMED)
    return left.order_by("pk").values_list("code", flat=True)


def progress(cancellation: ShowCancellation) -> CancellationProgress:
    """The progress of a cancellation, in three statements."""
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
    back = _cancelled(cancellation).aggregate(sum=Sum("refunds__amount", filter=Q(refunds__reason="SHOW_CANCELLED")))
    return CancellationProgress(
        total=counts["left"] + counts["refunded"] + exchanged,
        exchanged=exchanged,
        money=exact(back["sum"] or Decimal(0)),
        **counts,
    )


def other_shows(ticket: Ticket) -> list[Show]:
    """Other shows for which a ticket, loaded with its show and seats, can be exchanged, the earliest first.

    Shows of the same film, or the same films, at the same theatre that are on sale and have enough free seats.
    """
    show, party = ticket.show, len(ticket.seats.all())
    begun = Q(sales_start_at=None) | Q(sales_start_at__lte=Now())
    shows = Show.objects.exclude(pk=show.pk).filter(
        begun,
        movie=show.movie_id,
        screen__theatre=show.screen.theatre_id,
        status=Show.Status.SCHEDULED,
        sales_end_at__gt=Now(),
        seats_free__gte=party,
    )
    details = shows.select_related("movie", "screen__theatre", "language", "subtitles").order_by("starts_at")[:40]
    return [other for other in with_features(details) if other.film_ids == show.film_ids]


def _cancelled(cancellation: ShowCancellation) -> QuerySet[Ticket]:
    return Ticket.objects.filter(
        show=cancellation.show_id, status=Ticket.Status.CANCELLED, cancelled_at__gte=cancellation.created_at
    )
