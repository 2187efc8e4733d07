"""Add, change and delete seasons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import count
from typing import Any

from django.db import IntegrityError

from cinema.exceptions import DatabaseBusy, SeasonExists
from cinema.film_tables.rows import movie_slug
from cinema.models import Movie, Season, Theatre, User
from cinema.selectors.films.seasons import seasons
from cinema.services.core import audit
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_season
from cinema.services.core.transactions import atomically

SEASON = audit.Action.SEASON


@dataclass(frozen=True, kw_only=True)
class SeasonPlan:
    """The wanted content of a season; see the model."""

    title: str
    title_translations: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    text_translations: Mapping[str, str] = field(default_factory=dict)
    theatre: Theatre | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    weekdays: Sequence[int] = ()
    time: str = ""
    movies: Collection[Movie] = ()


COLUMNS = [each.name for each in fields(SeasonPlan) if each.name != "movies"]


def add_season(*, plan: SeasonPlan, user: User | None) -> Season:
    """Add a season. Its slug is made of its title and never changes. Raises SeasonExists."""
    try:
        season = _add(plan=plan, user=user)
    except IntegrityError as error:
        raise DatabaseBusy from error  # another of the same title is being added in another transaction
    seasons.forget()
    return season


@atomically
def _add(*, plan: SeasonPlan, user: User | None) -> Season:
    season = Season(slug=_free_slug(plan.title))
    _write(season, plan)
    note_edit(thing=season, action=SEASON, user=user, theatre=plan.theatre, before={}, after=_plain(season))
    return season


def edit_season(*, season_id: int, version: int, plan: SeasonPlan, user: User | None) -> Season:
    """Change a season that was at ``version`` when it was opened. Its URL stays.

    Raises EditConflict, SeasonExists and Season.DoesNotExist.
    """
    season = _edit(season_id=season_id, version=version, plan=plan, user=user)
    seasons.forget()
    return season


@atomically
def _edit(*, season_id: int, version: int, plan: SeasonPlan, user: User | None) -> Season:
    season = lock_season(pk=season_id)
    check_version(thing=season, seen=version)
    before = _plain(season)
    season.version += 1
    _write(season, plan)
    note_edit(thing=season, action=SEASON, user=user, theatre=plan.theatre, before=before, after=_plain(season))
    return season


def delete_season(*, season_id: int, user: User | None) -> None:
    """Delete a season; its films and their shows stay. Raises Season.DoesNotExist."""
    _delete(season_id=season_id, user=user)
    seasons.forget()


@atomically
def _delete(*, season_id: int, user: User | None) -> None:
    season = lock_season(pk=season_id)
    audit.note(action=SEASON, user=user, subject=season, theatre=season.theatre, deleted=_plain(season))
    season.delete()


def _free_slug(title: str) -> str:
    slug = movie_slug(title, None)
    taken = set(Season.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    return slug if slug not in taken else next(name for n in count(2) if (name := f"{slug}-{n}") not in taken)


def _write(season: Season, plan: SeasonPlan) -> None:
    same = Season.objects.filter(title__iexact=plan.title, theatre=plan.theatre).exclude(pk=season.pk).first()
    if same:
        raise SeasonExists(same)
    for column in COLUMNS:
        setattr(season, column, getattr(plan, column))
    season.weekdays = sorted(plan.weekdays)
    season.save()
    season.movies.set(plan.movies)


def _plain(season: Season) -> dict[str, Any]:
    """Its content as JSON values for the audit trail."""
    days = {name: str(getattr(season, name) or "") for name in ("starts_on", "ends_on")}
    return {name: getattr(season, name) for name in COLUMNS} | {
        **days,
        "theatre": str(season.theatre or ""),
        "movies": sorted(season.movies.values_list("title", flat=True)),
    }
