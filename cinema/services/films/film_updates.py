"""A preview of what importing a table of films would change in the library. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cinema.exceptions import FieldChange
from cinema.film_tables.rows import MovieRow
from cinema.models import Movie
from cinema.selectors.films.films import films_by_slug
from cinema.services.core.edits import differences
from cinema.services.films.films import PLAIN, TRANSLATIONS, FilmFacts, facts_of, plain


class ChangedFilm(NamedTuple):
    movie: Movie
    changes: list[FieldChange]


@dataclass
class ImportPreview:
    """The films of a table, by the effect of importing them."""

    new: list[MovieRow] = field(default_factory=list)
    changed: list[ChangedFilm] = field(default_factory=list)
    unchanged: int = 0


def preview_import(*, films: list[MovieRow]) -> ImportPreview:
    """Sort the films of a table into new, changed and unchanged ones."""
    preview, there = ImportPreview(), films_by_slug(film.movie.slug for film in films)
    for film in films:
        movie = there.get(film.movie.slug)
        if movie is None:
            preview.new.append(film)
        elif changes := changes_to(film=film, movie=movie):
            preview.changed.append(ChangedFilm(movie, changes))
        else:
            preview.unchanged += 1
    return preview


def changes_to(*, film: MovieRow, movie: Movie) -> list[FieldChange]:
    """The changes that the row would make to ``movie``, the same film in the library."""
    before, after = facts_of(movie=movie), completed(film=film, movie=movie)
    return differences(thing=movie, before=plain(facts=before), after=plain(facts=after))


def completed(*, film: MovieRow, movie: Movie) -> FilmFacts:
    """The film's facts after importing the row: its filled cells replace the stored values."""
    facts = facts_of(movie=movie)
    said = {name: value for name in PLAIN if (value := getattr(film.movie, name)) not in (None, "", [], {})}
    said |= {name: {**getattr(facts, name), **getattr(film.movie, name)} for name in TRANSLATIONS}
    languages = _others(film.languages, facts.languages)
    codes = {name.casefold(): code for code, name in languages.items()}
    original = film.languages.get(film.original_language) or facts.languages.get(facts.original_language, "")
    return replace(
        facts,
        **said,
        original_language=codes.get(original.casefold(), ""),
        genres=_others(film.genres, facts.genres),
        languages=languages,
    )


def _others(said: Mapping[str, str], known: Mapping[str, str]) -> Mapping[str, str]:
    """The names in the row, or the stored ones if the row has none or they differ in case only."""
    same = {name.casefold() for name in said.values()} == {name.casefold() for name in known.values()}
    return known if same or not said else said
