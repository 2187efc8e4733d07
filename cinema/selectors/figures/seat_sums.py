"""Sales by seat: added up from the tickets, or read from the sums of past weeks (SummedWeek) that still hold.

A week's sums hold while the revisions and versions of its shows add up to what they did when the sums were made: every
change of a seat is in the seat ledger under its show's next revision, and every change of a show's plan raises its
version. So late refunds, exchanges, cancellations and payments are seen without anybody having to remember them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Func, Q, QuerySet, Sum

from cinema.domain.periods import WEEK, Period, week_of
from cinema.models import Screen, SeatWeek, Show, SummedWeek, Ticket, TicketSeat
from cinema.selectors.figures.figures import PLAYED, shows_of

DAY = timedelta(days=1)


class SalesOfSeat(NamedTuple):
    """How often a seat was sold, and how many seconds before the shows altogether."""

    number: int = 0
    lead: int = 0

    def plus(self, other: "SalesOfSeat") -> "SalesOfSeat":
        return SalesOfSeat(self.number + other.number, self.lead + other.lead)


class Basis(NamedTuple):
    """What sums were made from, as SummedWeek says."""

    shows: int = 0
    keys: int = 0
    changes: int = 0

    def plus(self, other: "Basis") -> "Basis":
        return Basis(self.shows + other.shows, self.keys + other.keys, self.changes + other.changes)


class Seconds(Func):
    """A time as whole seconds since 1970, computed by the database: Django would subtract times slowly on SQLite."""

    output_field = BigIntegerField()
    template = "CAST(FLOOR(EXTRACT(EPOCH FROM %(expressions)s)) AS bigint)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)")


LEAD = ExpressionWrapper(
    Seconds(F("ticket__show__starts_at")) - Seconds(F("ticket__confirmed_at")), output_field=BigIntegerField()
)


def bases_of(screen_id: int, period: Period) -> dict[date, Basis]:
    """The basis of each week of the period that has a show, by its Monday; one statement."""
    found: dict[date, Basis] = {}
    days = shows_of([screen_id], period).filter(PLAYED).values_list("trading_day")
    sums = days.annotate(n=Count("pk"), keys=Sum("pk"), changes=Sum(F("revision") + F("version")))
    for day, *basis in sums:
        monday = week_of(day).start
        found[monday] = found.get(monday, Basis()).plus(Basis(*map(int, basis)))
    return found


def sold_by_seat(screen_id: int, spans: Sequence[Period]) -> dict[int, SalesOfSeat]:
    """The sales of each seat, by its key, at the shows of these periods that were not cancelled; one statement.

    Read by the tickets of each show, which is quicker than from the seats.
    """
    days = Q(*(Q(trading_day__range=span) for span in spans), _connector=Q.OR)
    shows: QuerySet[Show] = Show.objects.filter(PLAYED, days, screen=screen_id).order_by()
    seats = TicketSeat.objects.filter(ticket__show__in=shows, ticket__status=Ticket.Status.CONFIRMED, active=True)
    rows = seats.order_by().values_list("show_seat__seat").annotate(number=Count("pk"), lead=Sum(LEAD))
    return {seat_id: SalesOfSeat(number, int(lead or 0)) for seat_id, number, lead in rows}


def sales_of_period(screen: Screen, period: Period) -> tuple[int, dict[int, SalesOfSeat]]:
    """The number of shows that were not cancelled, and the sales of each seat by its key; at most four statements.

    Weeks whose sums hold are read from these, all other days from the tickets.
    """
    bases = bases_of(screen.pk, period)
    summed = list(_holding(screen, period, bases))
    spans = list(_between(period, [week.monday for week in summed]))
    sold = sold_by_seat(screen.pk, spans) if bases and spans else {}
    if summed:
        stored = SeatWeek.objects.filter(week__in=[week.pk for week in summed]).order_by().values_list("seat")
        for seat_id, number, lead in stored.annotate(Sum("sold"), Sum("lead")):
            sold[seat_id] = sold.get(seat_id, SalesOfSeat()).plus(SalesOfSeat(int(number), int(lead)))
    return sum(basis.shows for basis in bases.values()), sold


def _holding(screen: Screen, period: Period, bases: dict[date, Basis]) -> Iterator[SummedWeek]:
    """The weeks wholly in the period whose sums hold, in order; no statement for a shorter period."""
    if period.length < WEEK:
        return
    weeks = SummedWeek.objects.filter(screen=screen, monday__range=(period.start, period.end + DAY - WEEK))
    for week in weeks.order_by("monday"):
        if bases.get(week.monday) == Basis(week.shows, week.keys, week.changes):
            yield week


def _between(period: Period, mondays: Iterable[date]) -> Iterator[Period]:
    """The parts of the period outside the weeks that begin on ``mondays``."""
    start = period.start
    for monday in mondays:
        if start < monday:
            yield Period(start, monday - DAY)
        start = monday + WEEK
    if start <= period.end:
        yield Period(start, period.end)


def weeks_to_sum(screen: Screen, period: Period) -> dict[date, Basis]:
    """The weeks of a period that begins on a Monday and ends on a Sunday which have no sums that hold, by Monday."""
    bases = bases_of(screen.pk, period)
    held = {week.monday for week in _holding(screen, period, bases)}
    return {monday: basis for monday, basis in bases.items() if monday not in held}


def seat_sum_faults() -> Iterator[str]:
    """Yield a sentence for each seat whose sums of a week differ from its tickets, though nothing has changed since."""
    for week in SummedWeek.objects.order_by("screen", "monday").iterator():
        faults = list(_week_faults(week)) if _holds(week) else []
        if faults and _holds(week):  # else it has changed while it was read
            yield from faults


def _holds(week: SummedWeek) -> bool:
    basis = bases_of(week.screen_id, week_of(week.monday)).get(week.monday)
    return basis == Basis(week.shows, week.keys, week.changes)


def _week_faults(week: SummedWeek) -> Iterator[str]:
    due = sold_by_seat(week.screen_id, [week_of(week.monday)])
    stored = {one.seat_id: SalesOfSeat(one.sold, one.lead) for one in week.seats.all()}
    for seat_id in sorted(due.keys() | stored.keys()):
        if (has := stored.get(seat_id, SalesOfSeat())) != (should := due.get(seat_id, SalesOfSeat())):
            yield (
                f"Seat {seat_id} of screen {week.screen_id} was sold {should.number} times in the week of "
                f"{week.monday}, {should.lead} s ahead altogether; its sums say {has.number} times, {has.lead} s."
            )
