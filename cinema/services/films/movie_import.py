"""Import films from a table into the library.

A film is identified by its slug: the title and, if given, the year. So importing a file twice adds nothing. A film that
exists stays as it is or, with ``update``, takes the filled cells of its row. Of two rows with the same slug the first
is imported and the second is reported.
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
NOTES_KEPT = 500  # per kind: skipped rows, and cells left empty


@dataclass(frozen=True)
class ImportReport:
    """The result of an import."""

    created: int
    already_there: int
    plan: ImportPlan
    updated: int = 0

    @property
    def skipped(self) -> list[Note]:
        return self.plan.skipped

    @property
    def warnings(self) -> list[Note]:
        """Notes about films that were created or exist."""
        return self.plan.warnings


class ImportedTable(NamedTuple):
    """The source of an import: the file's name and, for an upload, its key, which can be imported once."""

    name: str
    upload: str = ""


def import_movies(
    *,
    path: Path,
    choices: Choices | None = None,
    progress: ImportProgress = silently,
    user: User | None = None,
) -> ImportReport:
    """Import the new films of the table at ``path``: all of them or, on an error, none.

    The whole file is read before the transaction begins. Raises TableUnreadable, ColumnMissing, and DatabaseBusy if
    another transaction adds the same films.
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
    """Import a table that was read into ``plan``, with ``update`` also changing films that exist: all or nothing.

    The result is stored as a FilmImport. Raises ColumnMissing, RunsIntoNext as edit_film() does, and DatabaseBusy if
    another transaction adds the same films or imports the upload.
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
    """Update films that exist; return how many changed."""
    updated, there = 0, films_by_slug(film.movie.slug for film in films)
    for film in films:
        if changes_to(film=film, movie=there[film.movie.slug]):
            movie = lock_movie(slug=film.movie.slug)
            rewrite(movie=movie, facts=completed(film=film, movie=movie), user=user)
            updated += 1
    return updated


def _insert(new: list[MovieRow], progress: ImportProgress) -> None:
    """Insert new films in batches."""
    named = {slug: name for film in new for slug, name in film.genres.items()}
    spoken = {code: name for film in new for code, name in film.languages.items()}
    genres = keys_of(model=Genre, field="slug", wanted=named)
    languages = keys_of(model=Language, field="code", wanted=spoken)
    batches = _batches(new)
    for batch in progress(batches, desc=_("Saving"), total=len(batches)):
        for film in batch:
            film.movie.pk = None  # set by an attempt that was rolled back
            film.movie.original_language_id = languages.get(film.original_language)
        Movie.objects.bulk_create([film.movie for film in batch])
        of_genre = ((film.movie.pk, genres[slug]) for film in batch for slug in film.genres)
        spoken_in = ((film.movie.pk, languages[code]) for film in batch for code in film.languages)
        _link(Movie.genres.through, "genre_id", of_genre)
        _link(Movie.languages.through, "language_id", spoken_in)


def _link(link: type[Model], column: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert many-to-many rows: pairs of a film's key and a genre's or language's key, each once."""
    link._default_manager.bulk_create([link(movie_id=movie, **{column: pk}) for movie, pk in dict.fromkeys(pairs)])


def _batches(films: list[MovieRow]) -> list[list[MovieRow]]:
    return [films[start : start + BATCH] for start in range(0, len(films), BATCH)]
