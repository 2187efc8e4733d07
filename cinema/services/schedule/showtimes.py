"""Convert local times to moments. Times that do not exist or occur twice, when clocks change, are errors."""

from datetime import UTC, date, datetime, time, timedelta

from cinema.exceptions import AmbiguousLocalTime, NonexistentLocalTime
from cinema.models import Theatre
from cinema.models.theatres import DAY_STARTS


def local_moment(day: date, at: time, theatre: Theatre, *, fold: int = 0) -> datetime:
    """Return the moment, in UTC, of the local time ``at`` on ``day`` at ``theatre``.

    ``fold`` as in datetime: of a time that occurs twice, 0 is the first, 1 the second. Raises NonexistentLocalTime.
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
    """Return the moment, in UTC, of a show at the local time ``at`` of a trading day.

    ``fold`` as in local_moment(). Raises NonexistentLocalTime, and AmbiguousLocalTime if a needed ``fold`` is missing.
    """
    day = date_of(trading_day, at)
    first, second = local_moment(day, at, theatre), local_moment(day, at, theatre, fold=1)
    if first != second and fold is None:
        raise AmbiguousLocalTime(datetime.combine(day, at), first, second)
    return second if fold else first
