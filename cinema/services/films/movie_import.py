"""Bring films from a table into the library.

A film's identity is its slug: the title and, where known, the year. So a second run of the same file adds nothing, and
a film that is already there stays as it is, unless it is asked to be brought up to date: then it takes over what the
table knows, and keeps what the table leaves empty. Of two rows with one identity the first counts; the other is
reported, and may be added by hand if it is another film after all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import Model
from django.utils.translation import gettext as _

from cinema.exceptions import DatabaseBusy
from cinema.film_tables.plans import Choices, ImportPlan, ImportProgress, plan_import, silently
from cinema.film_tables.rows import MovieRow, Note
from cinema.models import AuditEvent, FilmImport, Genre, Language, Movie, User
from cinema.selectors.films.films import films_by_slug
from cinema.services.core import audit
from cinema.services.core.locking import lock_movie
from cinema.services.core.transactions import atomically
from cinema.services.films.film_updates import changes_to, completed
from cinema.services.films.films import keys_of, rewrite

BATCH = 500  # films
NOTES_KEPT = 500  # rows skipped or cells left empty of which the report keeps the reason


@dataclass(frozen=True)
class ImportReport:
    """What an import did with the films of a plan."""

    created: int
    already_there: int
    plan: ImportPlan
    updated: int = 0

    @property
    def skipped(self) -> list[Note]:
        return self.plan.skipped

    @property
    def warnings(self) -> list[Note]:
        """About films created or already there."""
        return self.plan.warnings


class ImportedTable(NamedTuple):
    """The table that films come from. An ``upload`` is imported once."""

    name: str
    upload: str = ""


def import_movies(
    *,
    path: Path,
    choices: Choices | None = None,
    progress: ImportProgress = silently,
    user: User | None = None,
) -> ImportReport:
    """Save the films of the table at ``path`` that the library does not have: all of them, or on an error none.

    The whole file is read first, so the database is held for no longer than the writing takes.
    Raises TableUnreadable and ColumnMissing, and DatabaseBusy when somebody else adds the same films meanwhile.
    """
    plan = plan_import(path=path, choices=choices, progress=progress)
    return save_plan(plan=plan, table=ImportedTable(path.name), progress=progress, user=user)


def save_plan(
    *,
    plan: ImportPlan,
    table: ImportedTable,
    progress: ImportProgress = silently,
    user: User | None = None,
    update: bool = False,
) -> ImportReport:
    """Save what was read from the table, and with ``update`` bring the films that are already there up
    to date: all of it, or on an error nothing. What was done stays as a FilmImport.

    Raises ColumnMissing where the plan misses one, DatabaseBusy when somebody else adds the same films or imports the
    upload meanwhile, and RunsIntoNext as edit_film() does.
    """
    plan.check()
    try:
        return _save(plan, table, progress, user, update)
    except IntegrityError as error:
        raise DatabaseBusy from error


@atomically
def _save(
    plan: ImportPlan, table: ImportedTable, progress: ImportProgress, user: User | None, update: bool
) -> ImportReport:
    there: set[str] = set()
    for batch in _batches(plan.movies):
        slugs = [film.movie.slug for film in batch]
        there.update(Movie.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    known = [film for film in plan.movies if film.movie.slug in there]
    new = [film for film in plan.movies if film.movie.slug not in there]
    _insert(new, progress)
    updated = _update(known, user) if update else 0
    report = ImportReport(len(new), len(known) - updated, plan, updated)
    counts: dict[str, Any] = {"created": report.created, "updated": updated, "already_there": report.already_there}
    counts |= {"skipped_in_all": len(report.skipped), "warnings_in_all": len(report.warnings)}
    event = audit.note(
        action=AuditEvent.Action.IMPORT,
        user=user,
        subject=table.name,
        columns={column.name: column.field for column in plan.columns},
        encoding=plan.encoding.name,
        **counts,
    )
    FilmImport.objects.create(
        event=event,
        upload=table.upload,
        skipped=_first(report.skipped),
        warnings=_first(report.warnings),
        **counts,
    )
    return report


def _first(notes: list[Note]) -> list[tuple[int, str, str, str]]:
    return [(note.row, note.reason, note.value, note.title) for note in notes[:NOTES_KEPT]]


def _update(films: list[MovieRow], user: User | None) -> int:
    """Bring films that are there up to date; return how many that changed."""
    updated, there = 0, films_by_slug(film.movie.slug for film in films)
    for film in films:
        if changes_to(film=film, movie=there[film.movie.slug]):
            movie = lock_movie(slug=film.movie.slug)
            rewrite(movie=movie, facts=completed(film=film, movie=movie), user=user)
            updated += 1
    return updated


def _insert(new: list[MovieRow], progress: ImportProgress) -> None:
    """Insert the films, which are not there yet, in a few statements."""
    named = {slug: name for film in new for slug, name in film.genres.items()}
    spoken = {code: name for film in new for code, name in film.languages.items()}
    genres = keys_of(model=Genre, field="slug", wanted=named)
    languages = keys_of(model=Language, field="code", wanted=spoken)
    batches = _batches(new)
    for batch in progress(batches, desc=_("Saving"), total=len(batches)):
        for film in batch:
            film.movie.pk = None  # left by an attempt that was rolled back
            film.movie.original_language_id = languages.get(film.original_language)
        Movie.objects.bulk_create([film.movie for film in batch])
        of_genre = ((film.movie.pk, genres[slug]) for film in batch for slug in film.genres)
        spoken_in = ((film.movie.pk, languages[code]) for film in batch for code in film.languages)
        _link(Movie.genres.through, "genre_id", of_genre)
        _link(Movie.languages.through, "language_id", spoken_in)


def _link(link: type[Model], column: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert each pair of a film's key and that of its genre or language once."""
    link._default_manager.bulk_create([link(movie_id=movie, **{column: pk}) for movie, pk in dict.fromkeys(pairs)])


def _batches(films: list[MovieRow]) -> list[list[MovieRow]]:
    return [films[start : start + BATCH] for start in range(0, len(films), BATCH)]
