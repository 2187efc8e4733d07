"""The library of films as a table that can be imported again."""

import json
from collections.abc import Iterable, Iterator

from cinema.exports import Cell, Sheet
from cinema.film_tables.columns import translated_fields
from cinema.models import Movie

PLAIN = ("title", "original_title", "year", "release_date", "runtime", "certificate", "rating", "director")
MORE = ("distributor", "format", "synopsis", "content_notes", "trailer_url")
LINKED = ("genres", "languages", "original_language", "cast")
BETWEEN_NAMES = frozenset("|;/,\n")  # what the import separates names by
BATCH = 200  # films read at a time


def film_sheet() -> Sheet:
    """All films, with a column for each text in each language: “title_de”."""
    header = [*PLAIN, *MORE, *LINKED, *translated_fields()]
    return Sheet("films", header, map(_row, _films()))


def _films() -> Iterator[Movie]:
    films = Movie.objects.order_by("pk").select_related("original_language").prefetch_related("genres", "languages")
    return films.iterator(chunk_size=BATCH)


def _row(movie: Movie) -> list[Cell]:
    original = movie.original_language
    return [
        *(getattr(movie, name) for name in (*PLAIN, *MORE)),
        _joined(genre.name for genre in movie.genres.all()),
        _joined(language.name for language in movie.languages.all()),
        original.name if original else "",
        _joined(movie.cast),
        *(getattr(movie, f"{name}_translations").get(code, "") for name, code in translated_fields().values()),
    ]


def _joined(names: Iterable[str]) -> str:
    """Names in one cell. A name with a separator in it needs JSON."""
    names = list(map(str, names))
    if any(BETWEEN_NAMES.intersection(name) for name in names):
        return json.dumps(names, ensure_ascii=False)
    return " | ".join(names)
