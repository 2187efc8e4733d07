"""Periods of days for reports."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

FRIDAY = 4  # on which films open in most countries
WEEK = timedelta(days=7)


class Period(NamedTuple):
    """A range of days, both ends inclusive."""

    start: date
    end: date

    @property
    def length(self) -> timedelta:
        """The number of its days, as a difference of days."""
        return self.end - self.start + timedelta(days=1)

    @property
    def days(self) -> list[date]:
        """Every day of the period: a new list each time."""
        return [self.start + timedelta(days=n) for n in range(self.length.days)]

    def moments(self, tz: tzinfo, starts: time) -> tuple[datetime, datetime]:
        """The moments at which it begins and is over, if days start at this time in this zone."""
        following = self.end + timedelta(days=1)
        return datetime.combine(self.start, starts, tz), datetime.combine(following, starts, tz)

    @property
    def before(self) -> "Period":
        """The period of equal length just before."""
        return Period(self.start - self.length, self.start - timedelta(days=1))

    @property
    def after(self) -> "Period":
        """The period of equal length just after."""
        return Period(self.end + timedelta(days=1), self.end + self.length)

    @property
    def query(self) -> str:
        """The period as a URL's query string."""
        return f"start={self.start}&end={self.end}"


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_days(today: date, number: int) -> Period:
    """The last ``number`` days, including today."""
    return Period(today - timedelta(days=number - 1), today)


def week_of(day: date, first: int = 0) -> Period:
    """The week that contains ``day`` and begins on the weekday ``first`` (0 is Monday)."""
    start = day - timedelta(days=(day.weekday() - first) % 7)
    return Period(start, start + timedelta(days=6))


def month_of(day: date) -> Period:
    """The calendar month that contains ``day``."""
    following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return Period(day.replace(day=1), following - timedelta(days=1))
