"""Bring films from a table into the library.

A film's identity is its slug: the title and, where known, the year. So a second run of the same file adds nothing, and
a film that is already there stays as it is, unless it is asked to be brought up to date: then it takes over what the
table knows, and keeps what the table leaves empty. Of two rows with one identity the first counts; the other is
reported, and may be added by hand if it is another film after all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import IntegrityError
from django.db.models.fields.related_descriptors import ManyToManyDescriptor
from django.utils.translation import gettext as _

from cinema.exceptions import DatabaseBusy, TableTooLong
from cinema.film_tables.columns import required_columns
from cinema.film_tables.dates import day_comes_first
from cinema.film_tables.rows import MovieRow, Note, read_row
from cinema.film_tables.tables import Table, open_table
from cinema.film_tables.values import Unusable
from cinema.models import AuditEvent, Genre, Language, Movie, User
from cinema.selectors.films import films_there
from cinema.services import audit
from cinema.services.film_updates import changes_to, completed
from cinema.services.films import keys_of, rewrite
from cinema.services.locking import lock_movie
from cinema.services.transactions import atomically

T = TypeVar("T")

BATCH = 500  # films
NOTES_KEPT = 500  # rows skipped or cells left empty of which the trail keeps the reason


class Progress(Protocol):
    """Hands on ``items`` and shows how far it is; tqdm is one."""

    def __call__(self, items: Iterable[T], *, desc: str, total: int) -> Iterable[T]: ...


def _silently(items: Iterable[T], *, desc: str, total: int) -> Iterable[T]:
    return items


@dataclass
class ImportPlan:
    """What a table holds: films to save, rows to skip and cells to leave empty, each with the reason."""

    movies: list[MovieRow] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class ImportReport:
    """What an import did. ``warnings`` are about films created or already there."""

    created: int
    already_there: int
    skipped: list[Note]
    warnings: list[Note]
    updated: int = 0


def plan_import(
    *,
    path: Path,
    columns: Mapping[str, str] | None = None,
    encoding: str = "",
    progress: Progress = _silently,
    most_rows: int | None = None,
) -> ImportPlan:
    """Read the table at ``path`` without touching the database.

    ``columns`` maps fields (see film_tables.columns.NAMES) to headers that do not explain themselves.
    Raises TableUnreadable and ColumnMissing, and TableTooLong for more than ``most_rows`` rows.
    """
    table = open_table(path, encoding)
    found = required_columns(table.columns, columns)
    total, day_first = _survey(table, [column for group in found.get("release_date", []) for column in group])
    if most_rows is not None and total > most_rows:
        raise TableTooLong(total, most_rows)
    plan = ImportPlan()
    first: dict[str, MovieRow] = {}
    for row in progress(table, desc=_("Reading"), total=total):
        try:
            film = read_row(row, found, day_first=day_first)
            _refuse_twice(film, first.setdefault(film.movie.slug, film))
        except Unusable as unusable:
            plan.skipped.append(Note(row.number, unusable.reason, unusable.value))
        else:
            plan.movies.append(film)
            plan.warnings += film.warnings
    return plan


def import_movies(
    *,
    path: Path,
    columns: Mapping[str, str] | None = None,
    encoding: str = "",
    progress: Progress = _silently,
    user: User | None = None,
) -> ImportReport:
    """Save the films of the table at ``path`` that the library does not have: all of them, or on an error none.

    The whole file is read first, so the database is held for no longer than the writing takes.
    Raises TableUnreadable and ColumnMissing, and DatabaseBusy when somebody else adds the same films meanwhile.
    """
    plan = plan_import(path=path, columns=columns, encoding=encoding, progress=progress)
    return save_plan(plan=plan, name=path.name, progress=progress, user=user)


def save_plan(
    *,
    plan: ImportPlan,
    name: str,
    progress: Progress = _silently,
    user: User | None = None,
    update: bool = False,
    **details: Any,
) -> ImportReport:
    """Save what was read from the table called ``name``, and with ``update`` bring the films that are already there up
    to date: all of it, or on an error nothing. What was done is written down, ``details`` with it.

    Raises DatabaseBusy when somebody else adds the same films meanwhile, and RunsIntoNext as edit_film() does.
    """
    try:
        return _save(plan, name, progress, user, update, details)
    except IntegrityError as error:
        raise DatabaseBusy from error


def _survey(table: Table, date_columns: Sequence[str]) -> tuple[int, bool]:
    """Go through the table once for what only the whole tells: how many rows, and whether the day comes first."""
    dates = [[row.cells.get(column) for column in date_columns] for row in table]
    return len(dates), day_comes_first(chain.from_iterable(dates))


def _refuse_twice(film: MovieRow, first: MovieRow) -> None:
    if film is first:
        return
    directors = {film.movie.director, first.movie.director} - {""}
    if len(directors) > 1:
        raise Unusable(_("same title and year as an earlier film, but another director"), _row(first))
    raise Unusable(_("same film as in an earlier row"), _row(first))


def _row(film: MovieRow) -> str:
    return _("row %(row)d") % {"row": film.number}


@atomically
def _save(
    plan: ImportPlan, name: str, progress: Progress, user: User | None, update: bool, details: Mapping[str, Any]
) -> ImportReport:
    there: set[str] = set()
    for batch in _batches(plan.movies):
        slugs = [film.movie.slug for film in batch]
        there.update(Movie.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    known = [film for film in plan.movies if film.movie.slug in there]
    new = [film for film in plan.movies if film.movie.slug not in there]
    _insert(new, progress)
    updated = _update(known, user) if update else 0
    report = ImportReport(len(new), len(known) - updated, plan.skipped, plan.warnings, updated)
    counts = {"created": report.created, "updated": updated, "already_there": report.already_there}
    audit.note(
        action=AuditEvent.Action.IMPORT,
        user=user,
        subject=name,
        skipped=_kept(report.skipped),
        warnings=_kept(report.warnings),
        skipped_in_all=len(report.skipped),
        warnings_in_all=len(report.warnings),
        **counts,
        **details,
    )
    return report


def _kept(notes: list[Note]) -> list[tuple[int, str, str]]:
    return [(note.row, note.reason, note.value) for note in notes[:NOTES_KEPT]]


def _update(films: list[MovieRow], user: User | None) -> int:
    """Bring films that are there up to date; return how many that changed."""
    updated, there = 0, films_there(film.movie.slug for film in films)
    for film in films:
        if changes_to(film=film, movie=there[film.movie.slug]):
            movie = lock_movie(slug=film.movie.slug)
            rewrite(movie=movie, facts=completed(film=film, movie=movie), user=user)
            updated += 1
    return updated


def _insert(new: list[MovieRow], progress: Progress) -> None:
    """Insert the films, which are not there yet, in a few statements."""
    named = {slug: name for film in new for slug, name in film.genres.items()}
    spoken = {code: name for film in new for code, name in film.languages.items()}
    genres = keys_of(model=Genre, field="slug", wanted=named)
    languages = keys_of(model=Language, field="code", wanted=spoken)
    batches = _batches(new)
    for batch in progress(batches, desc=_("Saving"), total=len(batches)):
        for film in batch:
            film.movie.pk = None  # left by an attempt that was rolled back
        Movie.objects.bulk_create([film.movie for film in batch])
        _link(Movie.genres, "genre_id", ((film.movie.pk, genres[slug]) for film in batch for slug in film.genres))
        _link(Movie.languages, "language_id", ((f.movie.pk, languages[code]) for f in batch for code in f.languages))


def _link(relation: ManyToManyDescriptor, column: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert each pair of a film's key and that of its genre or language once."""
    link = relation.through
    link.objects.bulk_create([link(movie_id=movie, **{column: pk}) for movie, pk in dict.fromkeys(pairs)])


def _batches(films: list[MovieRow]) -> list[list[MovieRow]]:
    return [films[start : start + BATCH] for start in range(0, len(films), BATCH)]
