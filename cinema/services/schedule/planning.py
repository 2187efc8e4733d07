"""Plan shows as drafts, which only staff can see."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from cinema.models import Show, Theatre, User
from cinema.services.core import audit
from cinema.services.core.locking import lock_movies, lock_screens
from cinema.services.core.transactions import atomically
from cinema.services.schedule.features import add_features
from cinema.services.schedule.overlaps import overlaps_raised
from cinema.services.schedule.plan_rows import PlanRow, check_rows


@atomically
def plan_rows(*, theatre: Theatre, rows: Sequence[PlanRow], user: User | None, how: str) -> list[PlanRow]:
    """Create drafts for all rows without a problem; return the rows, each with its show or its problem.

    ``how`` is recorded in the audit trail, such as “by copying”. Raises Overlap, and creates nothing, if code that
    takes no locks adds a show at the same time.
    """
    planned = [(row, row.plan) for row in rows if row.plan]
    movies = lock_movies({pk for _row, plan in planned for pk in plan.movie_ids})
    screens = {screen.pk: screen for screen in lock_screens({plan.screen.pk for _row, plan in planned})}
    for row, plan in planned:
        screen = screens[plan.screen.pk]
        screen.theatre = theatre
        row.plan = replace(plan.with_movies(movies), screen=screen)
    check_rows(rows)
    shows = [row.show for row in rows if row.show]
    with overlaps_raised(shows):
        Show.objects.bulk_create(shows)
    add_features(shows=shows)
    if shows:
        _note(theatre, shows, user, how)
    return list(rows)


def _note(theatre: Theatre, shows: Collection[Show], user: User | None, how: str) -> None:
    days = {show.trading_day for show in shows}
    audit.note(
        action=audit.Action.SCHEDULE,
        user=user,
        theatre=theatre,
        subject=f"{len(shows)} × {min(days)} – {max(days)}",
        show=next(iter(shows)) if len(shows) == 1 else None,
        how=how,
        shows=[show.pk for show in shows],
    )
