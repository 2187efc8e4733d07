"""The rows of a plan: shows to be created, checked before anything is written."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from cinema.exceptions import (
    AmbiguousLocalTime,
    BusinessRuleViolation,
    FilmRetired,
    NeverOnSale,
    ScreenClosed,
    TimeInThePast,
)
from cinema.models import Show, Theatre
from cinema.services.schedule.features import film_problem
from cinema.services.schedule.overlaps import Busy
from cinema.services.schedule.schedule import ShowPlan
from cinema.services.schedule.showtimes import date_of, showtime

MAX_ROWS = 1_000  # per plan


@dataclass(kw_only=True)
class PlanRow:
    """A row of a plan, with its texts for display and its result: a ``show`` or a ``problem``.

    ``number`` is the row's number, in a file as a spreadsheet counts it. ``day`` is the trading day. ``note`` explains
    a difference between the row and its show.
    """

    number: int
    day: date | None = None
    at: time | None = None
    film: str = ""
    screen: str = ""
    plan: ShowPlan | None = None
    show: Show | None = None
    problem: BusinessRuleViolation | None = None
    note: str = ""

    @property
    def night(self) -> date | None:
        """The date on which the show begins, if it is the one after its trading day."""
        date = date_of(self.day, self.at) if self.day and self.at else self.day
        return date if date != self.day else None

    @property
    def twice(self) -> bool:
        """Whether its local time occurs twice that night and one has to be chosen."""
        return isinstance(self.problem, AmbiguousLocalTime)


def run_rows(
    *, days: Iterable[date], times: Sequence[time], fold: int | None, plan: Callable[[datetime], ShowPlan], **said: Any
) -> list[PlanRow]:
    """A row for each of ``times`` on each trading day of ``days``; ``plan`` makes the show's plan from its start.

    ``fold`` chooses one of two equal local times: see showtime(). ``said`` are other fields of the rows.
    """
    theatre: Theatre = said.pop("theatre")
    rows: list[PlanRow] = []
    for day in days:
        for at in sorted(times, key=lambda at: (date_of(day, at), at)):
            row = PlanRow(number=len(rows) + 1, day=day, at=at, **said)
            place(row, theatre=theatre, fold=fold, plan=plan)
            rows.append(row)
    return rows


def place(row: PlanRow, *, theatre: Theatre, fold: int | None, plan: Callable[[datetime], ShowPlan]) -> None:
    """Give a row with a day and a time its plan, or its problem: a local time that does not exist or occurs twice."""
    if row.day is None or row.at is None:
        return
    try:
        row.plan = plan(showtime(row.day, row.at, theatre, fold=fold))
    except BusinessRuleViolation as problem:
        row.problem = problem


def check_rows(rows: Sequence[PlanRow]) -> None:
    """Check the planned rows: each gets its unsaved draft or its problem. Writes nothing."""
    drafts = [(row, row.plan.show(Show.Status.DRAFT)) for row in rows if row.plan]
    busy, now = Busy([show for _row, show in drafts]), timezone.now()
    for row, show in drafts:
        row.problem = _problem(show, now, busy)
        row.show = None if row.problem else show
        if row.show:
            busy.add(row.show)


def _problem(show: Show, now: datetime, busy: Busy) -> BusinessRuleViolation | None:
    if show.starts_at <= now:
        return TimeInThePast()
    if retired := next((movie for movie in show.films if movie.retired_at), None):
        return FilmRetired(retired)
    if show.screen.retired_at:
        return ScreenClosed(show.screen)
    if show.sales_start_at and show.sales_start_at >= show.sales_end_at:
        return NeverOnSale()
    return film_problem(show=show) or busy.refusal(show)


def run_days(*, first: date, last: date, weekdays: Collection[int] = ()) -> list[date]:
    """The days from ``first`` to ``last``, inclusive, that are one of ``weekdays`` (0 is Monday; empty: all days)."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if not weekdays or day.weekday() in weekdays]
