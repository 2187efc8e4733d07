"""Add, change and retire films of the library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import Manager
from django.utils import timezone

from cinema.exceptions import DatabaseBusy, FilmExists
from cinema.film_tables.rows import movie_slug
from cinema.models import AuditEvent, Genre, Language, Movie, User
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_movie
from cinema.services.core.transactions import atomically
from cinema.services.schedule.runtimes import end_shows_after

FILM = AuditEvent.Action.FILM


@dataclass(frozen=True, kw_only=True)
class FilmFacts:
    """The editable fields of a film. ``runtime`` is in minutes.

    ``genres`` maps slugs, and ``languages`` codes, to names; missing rows are created. ``original_language`` is one of
    the codes, or "". ``title_translations`` are by language, too.
    """

    title: str
    runtime: int
    title_translations: Mapping[str, str] = field(default_factory=dict)
    original_title: str = ""
    year: int | None = None
    release_date: date | None = None
    certificate: str = ""
    director: str = ""
    cast: Sequence[str] = ()
    synopsis: str = ""
    synopsis_translations: Mapping[str, str] = field(default_factory=dict)
    content_notes: str = ""
    content_notes_translations: Mapping[str, str] = field(default_factory=dict)
    trailer_url: str = ""
    rating: Decimal | None = None
    distributor: str = ""
    format: str = ""
    original_language: str = ""
    genres: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)


LINKED = ("original_language", "genres", "languages")
TRANSLATIONS = ("title_translations", "synopsis_translations", "content_notes_translations")
PLAIN = [fact.name for fact in fields(FilmFacts) if fact.name not in LINKED]


class Edited(NamedTuple):
    """A changed film, and how many of its coming shows end at another time now."""

    movie: Movie
    shows: int


def add_film(*, facts: FilmFacts, user: User) -> Movie:
    """Add a film. Its slug is made of title and year and never changes. Raises FilmExists."""
    try:
        return _add(facts=facts, user=user)
    except IntegrityError as error:
        raise DatabaseBusy from error  # the same film or genre is being added in another transaction


@atomically
def _add(*, facts: FilmFacts, user: User) -> Movie:
    slug = movie_slug(facts.title, facts.year)
    if there := Movie.objects.filter(slug=slug).first():
        raise FilmExists(there)
    movie = Movie(slug=slug)
    _write(movie, facts)
    note_edit(thing=movie, action=FILM, user=user, before={}, after=plain(facts=facts_of(movie=movie)))
    return movie


def edit_film(*, movie_id: int, version: int, facts: FilmFacts, user: User) -> Edited:
    """Change a film that was at ``version`` when it was opened. Its slug, and so its URL, stays.

    A new runtime changes the ends of its coming shows. Raises Movie.DoesNotExist, EditConflict, and RunsIntoNext if
    one of them would overlap the next show on its screen.
    """
    try:
        return _edit(movie_id=movie_id, version=version, facts=facts, user=user)
    except IntegrityError as error:
        raise DatabaseBusy from error  # a show of the film or a genre is being added in another transaction


@atomically
def _edit(*, movie_id: int, version: int, facts: FilmFacts, user: User) -> Edited:
    movie = lock_movie(pk=movie_id)
    check_version(thing=movie, seen=version)
    return rewrite(movie=movie, facts=facts, user=user)


def rewrite(*, movie: Movie, facts: FilmFacts, user: User | None) -> Edited:
    """Write the facts to a locked film and record the change, in the caller's transaction. Raises RunsIntoNext."""
    before, runtime = plain(facts=facts_of(movie=movie)), movie.runtime
    _write(movie, facts)
    after = plain(facts=facts_of(movie=movie))
    shows = end_shows_after(movie=movie) if facts.runtime != runtime else 0
    if before != after:
        movie.version += 1
        movie.save(update_fields=["version"])
        note_edit(thing=movie, action=FILM, user=user, before=before, after=after, shows=shows)
    return Edited(movie, shows)


@atomically
def retire_film(*, movie_id: int, retired: bool, user: User) -> Movie:
    """Retire a film, so that it is no longer offered for planning, or bring it back. Its shows stay as they are.

    Safe to repeat. Raises Movie.DoesNotExist.
    """
    movie = lock_movie(pk=movie_id)
    if retired == bool(movie.retired_at):
        return movie
    before = bool(movie.retired_at)
    movie.retired_at = timezone.now() if retired else None
    movie.version += 1
    movie.save(update_fields=["retired_at", "version"])
    note_edit(thing=movie, action=FILM, user=user, before={"retired": before}, after={"retired": retired})
    return movie


def facts_of(*, movie: Movie) -> FilmFacts:
    """The facts of a stored film."""
    return FilmFacts(
        **{name: getattr(movie, name) for name in PLAIN},
        original_language=movie.original_language.code if movie.original_language else "",
        genres={genre.slug: genre.name for genre in movie.genres.all()},
        languages={language.code: language.name for language in movie.languages.all()},
    )


def plain(*, facts: FilmFacts) -> dict[str, Any]:
    """The facts as JSON values for the audit trail."""
    return {name: getattr(facts, name) for name in PLAIN} | {
        "release_date": facts.release_date and facts.release_date.isoformat(),
        "rating": None if facts.rating is None else str(facts.rating.quantize(Decimal("0.1"))),
        "cast": list(facts.cast),
        **{name: dict(getattr(facts, name)) for name in TRANSLATIONS},
        "original_language": facts.languages.get(facts.original_language, ""),
        "genres": sorted(facts.genres.values()),
        "languages": sorted(facts.languages.values()),
    }


def keys_of(*, model: type[Genre] | type[Language], field: str, wanted: Mapping[str, str]) -> dict[str, int]:
    """The primary keys of genres or languages by ``field``; missing rows are created. Equal names share a row."""
    if not wanted:
        return {}
    rows = list(model.objects.values_list("pk", field, "name"))
    there = {name.casefold(): pk for pk, _code, name in rows} | {code: pk for pk, code, _name in rows}
    known = {code: there.get(code) or there.get(name.casefold()) for code, name in wanted.items()}
    manager: Manager[Any] = model._default_manager
    new = manager.bulk_create([model(**{field: code, "name": wanted[code]}) for code, pk in known.items() if not pk])
    return known | {getattr(row, field): row.pk for row in new}


def _write(movie: Movie, facts: FilmFacts) -> None:
    for name in PLAIN:
        setattr(movie, name, getattr(facts, name))
    movie.cast = list(facts.cast)
    languages = keys_of(model=Language, field="code", wanted=facts.languages)
    movie.original_language_id = languages.get(facts.original_language)
    movie.save()
    movie.genres.set(keys_of(model=Genre, field="slug", wanted=facts.genres).values())
    movie.languages.set(languages.values())
