"""Sums of past weeks by seat, for the map of a hall's sales: selectors.figures.seat_sums reads them."""

from datetime import date, timedelta

from django.utils import timezone

from cinema.domain.periods import WEEK, Period, week_of
from cinema.models import Screen, SeatWeek, SummedWeek
from cinema.selectors.figures.seat_sums import Basis, sold_by_seat, weeks_to_sum
from cinema.services.core.transactions import atomically, try_each

SINCE = timedelta(days=3 * 366)  # the longest period that can be chosen; older weeks keep the sums they have
AT_ONCE = 50  # weeks per call, each a transaction of a few milliseconds


def sum_past_weeks(*, at_most: int = AT_ONCE) -> int:
    """Add up past weeks of all screens that have no sums yet, or whose shows have changed since, the latest first.

    Returns the number of weeks, at most ``at_most``. A week is past when its Sunday's shows are. Until it is added up,
    its tickets are read instead.
    """
    due = []
    for screen in Screen.objects.select_related("theatre").order_by("pk"):
        this_week = week_of(screen.theatre.trading_day(timezone.now())).start
        past = Period(week_of(this_week - SINCE).start, this_week - timedelta(days=1))
        due += [(monday, screen, basis) for monday, basis in weeks_to_sum(screen, past).items()]
    due.sort(key=lambda one: (one[0], one[1].pk), reverse=True)
    return try_each(lambda one: sum_week(screen=one[1], monday=one[0], basis=one[2]), due[:at_most])


@atomically
def sum_week(*, screen: Screen, monday: date, basis: Basis) -> bool:
    """Write the sums of a week, in place of earlier ones.

    ``basis`` was read before: if the week has changed since, the sums are of a later state than they say and do not
    hold. Two processes take turns at the week's own row, and the second one reads again.
    """
    SummedWeek.objects.bulk_create(
        [SummedWeek(screen=screen, monday=monday, **basis._asdict())],
        update_conflicts=True,
        unique_fields=["screen", "monday"],
        update_fields=list(Basis._fields),
    )
    week = SummedWeek.objects.get(screen=screen, monday=monday)
    week.seats.all().delete()
    sold = sold_by_seat(screen.pk, [Period(monday, monday + WEEK - timedelta(days=1))])
    SeatWeek.objects.bulk_create(
        SeatWeek(week=week, seat_id=seat_id, sold=one.number, lead=one.lead) for seat_id, one in sorted(sold.items())
    )
    return True
