"""Copy a day's or a week's shows to other days: the same film, screen, price card and local time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from cinema.exceptions import BusinessRuleViolation, FilmRetired, ScreenClosed
from cinema.models import PriceCard, Show, Theatre
from cinema.services.schedule.plan_rows import PlanRow
from cinema.services.schedule.schedule import ShowPlan
from cinema.services.schedule.showtimes import local_moment, showtime


def copy_rows(*, theatre: Theatre, shows: Iterable[Show], days: int, card: PriceCard | None = None) -> list[PlanRow]:
    """The rows of a plan that repeats ``shows`` so many days later, at the same local time. Writes nothing.

    ``shows`` must be loaded with films, screen, languages and price card. ``card`` replaces a missing or retired card.
    """
    return [_row(number, show, theatre, days, card) for number, show in enumerate(shows, start=1)]


def _row(number: int, show: Show, theatre: Theatre, days: int, card: PriceCard | None) -> PlanRow:
    local = show.starts_at.astimezone(theatre.tz)
    day, at = show.trading_day + timedelta(days=days), local.time()
    row = PlanRow(
        number=number,
        day=day,
        at=at,
        film=show.title,
        screen=str(show.screen),
    )
    try:
        if retired := next((movie for movie in show.films if movie.retired_at), None):
            raise FilmRetired(retired)
        if show.screen.retired_at:
            raise ScreenClosed(show.screen)
        row.plan = _plan(show, showtime(day, at, theatre), theatre, days, card)
    except BusinessRuleViolation as problem:
        row.problem = problem
        return row
    if show.price_card and row.plan.price_card != show.price_card:
        row.note = _("“%(card)s” is retired.") % {"card": show.price_card}
    return row


def _plan(show: Show, starts_at: datetime, theatre: Theatre, days: int, card: PriceCard | None) -> ShowPlan:
    own = show.price_card if show.price_card and not show.price_card.retired_at else None
    return ShowPlan(
        movie=show.movie,
        further=show.further,
        screen=show.screen,
        starts_at=starts_at,
        language=show.language,
        subtitles=show.subtitles,
        format=show.format,
        labels=show.labels,
        label_note=show.label_note,
        label_note_translations=show.label_note_translations,
        price_card=own or card,
        trailers=show.trailers,
        turnaround=show.turnaround,
        no_coupons=show.no_coupons,
        sales_start_at=_later(show.sales_start_at, theatre, days),
        sales_cutoff=int((show.starts_at - show.sales_end_at).total_seconds() // 60),
    )


def _later(moment: datetime | None, theatre: Theatre, days: int) -> datetime | None:
    """The same local time so many days later; if it does not exist there, 24 hours later for each day."""
    if moment is None:
        return None
    local = moment.astimezone(theatre.tz)
    try:
        return local_moment(local.date() + timedelta(days=days), local.time(), theatre)
    except BusinessRuleViolation:
        return moment + timedelta(days=days)
