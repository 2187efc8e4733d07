"""Which column of a table holds what, by its header."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from cinema.exceptions import ColumnMissing

# The best name first. “Title”, “title” and “TITLE ” are one name; so are “Runtime (min)” and “runtime”.
NAMES = {
    "title": "title movietitle filmtitle primarytitle seriestitle englishtitle name moviename filmname movie film "
    "originaltitle",
    "original_title": "originaltitle",
    "year": "year releaseyear releasedyear yearofrelease startyear titleyear movieyear filmyear productionyear",
    "release_date": "releasedate datereleased datepublished released premiere releasedon release date",
    "runtime": "runtime runningtime duration length movieruntime movieduration filmlength",
    "certificate": "certificate certification mpaarating mpaa contentrating agerating rated censorrating censor "
    "parentalrating maturityrating filmrating classification",
    "genres": "genres genre majorgenre maingenre genrelist listedin categories category",
    "languages": "spokenlanguages spokenlanguage languages language originallanguage movielanguage lang",
    "director": "directors director directorname directornames directedby crew",
    "cast": "cast actors actor actorname stars star starring castmembers maincast",
    "synopsis": "overview synopsis plot storyline plotsummary description summary plotoutline",
    "rating": "imdbrating imdbscore voteaverage averagerating avgrating tmdbrating userrating userscore score rating",
    "kind": "titletype type",
}
REQUIRED = ("title", "runtime")
FIELD_CALLED = {name: field for field, names in NAMES.items() for name in names.split() if name != "originaltitle"}
FIELD_CALLED["originaltitle"] = "original_title"

# For each field the groups of columns that may hold it, the best first. Columns of one group complete each other.
Columns = dict[str, list[list[str]]]


def plain(header: str) -> str:
    """Reduce a header to what names it: “Running Time (min)” → “runningtime”, “Star 2” → “star”."""
    letters = "".join(c for c in unicodedata.normalize("NFKC", header).casefold() if c.isalpha())
    return re.sub(r"(?:in)?min(?:ute)?s?$", "", letters)


def match_columns(columns: Sequence[str], named: Mapping[str, str] | None = None) -> Columns:
    """Return the columns of each field found, by their headers.

    ``named`` gives a field's column, whatever its header means. Raises ColumnMissing when there is no such column.
    """
    named = {field: _find(column, field, columns) for field, column in (named or {}).items()}
    groups: dict[str, list[str]] = {}
    for column in columns:
        if column not in named.values():
            groups.setdefault(plain(column), []).append(column)
    found = {field: [groups[name] for name in names.split() if name in groups] for field, names in NAMES.items()}
    return {field: where for field, where in found.items() if where} | {f: [[column]] for f, column in named.items()}


def required_columns(columns: Sequence[str], named: Mapping[str, str] | None = None) -> Columns:
    """Like ``match_columns``, but also raises ColumnMissing for a table without a title or a runtime."""
    found = match_columns(columns, named)
    for field in REQUIRED:
        if field not in found:
            raise ColumnMissing(field, columns)
    return found


def _find(wanted: str, field: str, columns: Sequence[str]) -> str:
    for same in (str, plain):
        for column in columns:
            if same(column) == same(wanted):
                return column
    raise ColumnMissing(field, columns, named=wanted)
