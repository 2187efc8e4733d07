"""Sales of each seat of a hall: how often, and how long before the show."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Func, QuerySet

from cinema.domain.periods import Period
from cinema.models import Screen, Seat, Show, Ticket, TicketSeat
from cinema.selectors.figures.figures import PLAYED, shows_of


class SeatSales(NamedTuple):
    """How often a seat is sold. ``lead`` is the average time before the show; None if never sold."""

    seat: Seat
    sold: int
    shows: int
    lead: timedelta | None

    @property
    def share(self) -> float:
        """The shows at which it is sold, in percent."""
        return self.sold * 100 / self.shows if self.shows else 0.0


class Seconds(Func):
    """A time as seconds since 1970, computed by the database: on SQLite, Django subtracts times in slow Python."""

    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM %(expressions)s)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)")


LEAD = ExpressionWrapper(
    Seconds(F("ticket__show__starts_at")) - Seconds(F("ticket__confirmed_at")), output_field=FloatField()
)


def heat_map(screen: Screen, period: Period) -> list[SeatSales]:
    """The sales of every present seat at the period's shows that were not cancelled, from the front row.

    In three statements.
    """
    shows = shows_of([screen.pk], period).filter(PLAYED)
    count = shows.count()
    sold = {seat_id: (number, lead) for seat_id, number, lead in _sales(shows)}
    return [
        SeatSales(seat, number, count, None if lead is None else timedelta(seconds=float(lead)))
        for seat in screen.seats.filter(retired_at=None).order_by("y", "x")
        for number, lead in [sold.get(seat.pk, (0, None))]
    ]


def _sales(shows: QuerySet[Show]) -> Iterable[tuple[int, int, float | None]]:
    """Keys of seats with number of sales and average seconds before the show, read by the tickets of each show."""
    tickets = TicketSeat.objects.filter(ticket__show__in=shows, ticket__status=Ticket.Status.CONFIRMED, active=True)
    sales = tickets.order_by().values("show_seat__seat").annotate(number=Count("pk"), lead=Avg(LEAD))
    return sales.values_list("show_seat__seat", "number", "lead")
