"""From what a clock shows to moments: no time that does not exist, none that comes twice without being asked."""

from datetime import UTC, date, datetime, time, timedelta

from cinema.exceptions import AmbiguousLocalTime, NonexistentLocalTime
from cinema.models import Theatre
from cinema.models.theatres import DAY_STARTS


def local_moment(day: date, at: time, theatre: Theatre, *, fold: int = 0) -> datetime:
    """Return the moment, in UTC, at which the clock at ``theatre`` shows ``at`` on ``day``.

    Of a time that comes twice, when the clocks go back, the first, or with ``fold`` 1 the second. Raises
    NonexistentLocalTime for one they leap over.
    """
    local = datetime.combine(day, at)
    moment = local.replace(tzinfo=theatre.tz, fold=fold).astimezone(UTC)
    if moment.astimezone(theatre.tz).replace(tzinfo=None, fold=0) != local:
        raise NonexistentLocalTime(local)
    return moment


def date_of(trading_day: date, at: time) -> date:
    """The date on which a show at ``at`` of that trading day begins: 00:30 is the night after it."""
    return trading_day + timedelta(days=1) if at < DAY_STARTS else trading_day


def showtime(trading_day: date, at: time, theatre: Theatre, *, fold: int | None = None) -> datetime:
    """Return the moment, in UTC, of a show at ``at`` of a trading day, as planners speak of it.

    ``fold`` says which one of a time that comes twice: 0 the first, 1 the second. Raises NonexistentLocalTime, and
    AmbiguousLocalTime where it is needed and not given.
    """
    day = date_of(trading_day, at)
    first, second = local_moment(day, at, theatre), local_moment(day, at, theatre, fold=1)
    if first != second and fold is None:
        raise AmbiguousLocalTime(datetime.combine(day, at), first, second)
    return second if fold else first
