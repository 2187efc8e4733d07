"""Seats that were sold and not used, at shows whose tickets were scanned."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Exists
from django.db.models.functions import Now
from django.utils import timezone

from cinema.domain.periods import Period
from cinema.models import CheckIn, Show, Theatre, TicketSeat

MOST_DAYS = 31  # of a period; for more, every sold seat of it would have to be counted
EARLIEST = timedelta(days=1)  # that a ticket can be admitted before its trading day begins


class NoShows(NamedTuple):
    """``sold`` and used seats (``came``) at so many ``shows`` that are over and had any ticket scanned."""

    shows: int
    sold: int
    came: int

    @property
    def missing(self) -> int:
        return self.sold - self.came

    @property
    def percent(self) -> Decimal:
        """The missing in percent of the sold, with one decimal place."""
        return (Decimal(self.missing) * 100 / self.sold).quantize(Decimal("0.1")) if self.sold else Decimal()


def no_shows(theatres: Sequence[Theatre], period: Period) -> NoShows | None:
    """The no-shows of a period, in one statement; None if it is too long or no ticket was scanned in it."""
    if period.length.days > MOST_DAYS:
        return None
    since = min((theatre.moments(period)[0] for theatre in theatres), default=timezone.now()) - EARLIEST
    scans = CheckIn.objects.filter(theatre__in=theatres, received_at__gte=since)
    used = TicketSeat.objects.filter(
        Exists(scans),  # evaluated first, and once: without scans no seat is read
        active=True,
        check_in__isnull=False,
        ticket__show__status=Show.Status.SCHEDULED,
        ticket__show__screen__theatre__in=theatres,
        ticket__show__trading_day__range=(period.start, period.end),
        ticket__show__ends_at__lte=Now(),
    )
    rows = used.values("ticket__show").order_by().annotate(came=Count("pk"))
    counts = list(rows.values_list("ticket__show__admissions", "came"))
    if not counts:
        return None
    return NoShows(len(counts), sum(sold for sold, _came in counts), sum(came for _sold, came in counts))
