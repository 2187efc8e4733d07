"""Which seats of a hall sell, and how early."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Func, QuerySet

from cinema.domain.periods import Period
from cinema.models import Screen, Seat, Show, Ticket, TicketSeat
from cinema.selectors.figures.figures import PLAYED, shows_of


class SeatSales(NamedTuple):
    """How often a seat is sold. ``lead`` is how long before the show, on average; None where it never is."""

    seat: Seat
    sold: int
    shows: int
    lead: timedelta | None

    @property
    def share(self) -> float:
        """Percent of the shows at which it is sold."""
        return self.sold * 100 / self.shows if self.shows else 0.0


class Seconds(Func):
    """A moment as a number of seconds. The database's own: Django's difference of moments is Python on SQLite."""

    output_field = FloatField()
    template = "EXTRACT(EPOCH FROM %(expressions)s)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)")


LEAD = ExpressionWrapper(
    Seconds(F("ticket__show__starts_at")) - Seconds(F("ticket__confirmed_at")), output_field=FloatField()
)


def heat_map(screen: Screen, period: Period) -> list[SeatSales]:
    """Every seat that stands in the screen, from the front, with its sales at the period's shows that were not called
    off, in three statements."""
    shows = shows_of([screen.pk], period).filter(PLAYED)
    count = shows.count()
    sold = {seat_id: (number, lead) for seat_id, number, lead in _sales(shows)}
    return [
        SeatSales(seat, number, count, None if lead is None else timedelta(seconds=float(lead)))
        for seat in screen.seats.filter(retired_at=None).order_by("y", "x")
        for number, lead in [sold.get(seat.pk, (0, None))]
    ]


def _sales(shows: QuerySet[Show]) -> Iterable[tuple[int, int, float | None]]:
    """The keys of seats, how often each is sold, and how many seconds ahead on average. By the tickets of each show,
    which is the shortest way to a year of them."""
    tickets = TicketSeat.objects.filter(ticket__show__in=shows, ticket__status=Ticket.Status.CONFIRMED, active=True)
    sales = tickets.order_by().values("show_seat__seat").annotate(number=Count("pk"), lead=Avg(LEAD))
    return sales.values_list("show_seat__seat", "number", "lead")
