"""Assignment of columns to fields, by header or by the user's choice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cinema.exceptions import ColumnMissing
from cinema.film_tables.languages import language_at_end
from cinema.film_tables.vocabulary import fields, key, meaning
from cinema.models.translations import other_languages

TRANSLATED = ("title", "synopsis", "content_notes")
REQUIRED = ("title", "runtime")
UNKNOWN = -1  # rank of a column chosen by the user, before columns recognised by their headers

# The field of each column that is used.
Assignment = dict[str, str]
# Groups of columns for each field, the best first. The values of columns in one group are combined.
Columns = dict[str, list[list[str]]]


@dataclass(frozen=True)
class Layout:
    """How a table is read: columns by field, whether dates have the day first, and the unit of each runtime column."""

    columns: Columns
    day_first: bool = False
    units: Mapping[str, str] = field(default_factory=dict)


def known_fields() -> list[str]:
    """The fields that a column can be used for, among them the translated ones: “title_de”."""
    return [*fields("films"), *translated_fields()]


def translated_fields() -> dict[str, tuple[str, str]]:
    """The field and the language of each translated one: “title_de” is the “title” in “de”."""
    return {f"{name}_{code}": (name, code) for name in TRANSLATED for code in other_languages()}


def assign(columns: Sequence[str]) -> Assignment:
    """The field of each column with a known header.

    “title_de” is a translation if the films have a title without a language, or in the site's own, too.
    """
    found = {column: meaning(column, "films") for column in columns}
    assigned = {column: what[0] for column, what in found.items() if what}
    translated = _translated(columns)
    has_title = any(name == "title" and column not in translated for column, name in assigned.items())
    return assigned | translated if has_title else assigned


def _translated(columns: Sequence[str]) -> Assignment:
    """The translated field of each column whose header ends in a language, as in “title_de” and “Title (German)”."""
    known, found = translated_fields(), {}
    for column in columns:
        text, language = language_at_end(column)
        what = meaning(text, "films") if language else None
        if what and (field := f"{what[0]}_{language}") in known:
            found[column] = field
    return found


def reassign(assigned: Assignment, named: Mapping[str, str], columns: Sequence[str]) -> Assignment:
    """Assign fields to the columns ``named`` for them, and to no others. Raises ColumnMissing."""
    named = {field: _find(column, field, columns) for field, column in named.items()}
    kept = {column: field for column, field in assigned.items() if field not in named}
    return kept | {column: field for field, column in named.items()}


def grouped(assigned: Assignment) -> Columns:
    """Group the columns of each field by the rank of their headers. The original title is a fallback for the title."""
    ranked: dict[str, dict[int, list[str]]] = {}
    for column, name in assigned.items():
        known = meaning(column, "films")
        rank = known[1] if known and known[0] == name else UNKNOWN
        ranked.setdefault(name, {}).setdefault(rank, []).append(column)
    found = {name: [groups[rank] for rank in sorted(groups)] for name, groups in ranked.items()}
    if "original_title" in found:
        found["title"] = found.get("title", []) + found["original_title"]
    return found


def check_required(columns: Columns, names: Sequence[str]) -> None:
    """Raise ColumnMissing if the title or the runtime has no column. ``names`` are the columns of the table."""
    for name in REQUIRED:
        if name not in columns:
            raise ColumnMissing(name, names)


def _find(wanted: str, field: str, columns: Sequence[str]) -> str:
    for same in (str, key):
        for column in columns:
            if same(column) == same(wanted):
                return column
    raise ColumnMissing(field, columns, named=wanted)
