"""Which column of a table holds what: by its header, or as somebody has said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cinema.exceptions import ColumnMissing
from cinema.film_tables.vocabulary import fields, key, meaning

FIELDS = fields("films")
REQUIRED = ("title", "runtime")
UNKNOWN = -1  # the rank of a column that somebody has chosen; it counts before those known by their headers

# The field of each column that holds one.
Assignment = dict[str, str]
# For each field the groups of columns that may hold it, the best first. Columns of one group complete each other.
Columns = dict[str, list[list[str]]]


@dataclass(frozen=True)
class Layout:
    """How a table is to be read: which columns, whether the day comes first in its dates, the unit of runtimes."""

    columns: Columns
    day_first: bool = False
    units: Mapping[str, str] = field(default_factory=dict)


def assign(columns: Sequence[str]) -> Assignment:
    """The field of each column whose header says it."""
    found = {column: meaning(column, "films") for column in columns}
    return {column: what[0] for column, what in found.items() if what}


def reassign(assigned: Assignment, named: Mapping[str, str], columns: Sequence[str]) -> Assignment:
    """Let fields be held by the columns ``named`` for them, and by those alone. Raises ColumnMissing."""
    named = {field: _find(column, field, columns) for field, column in named.items()}
    kept = {column: field for column, field in assigned.items() if field not in named}
    return kept | {column: field for field, column in named.items()}


def grouped(assigned: Assignment) -> Columns:
    """The columns of each field in groups, by the rank of their headers. Where a title is missing the original one
    counts."""
    ranked: dict[str, dict[int, list[str]]] = {}
    for column, name in assigned.items():
        said = meaning(column, "films")
        rank = said[1] if said and said[0] == name else UNKNOWN
        ranked.setdefault(name, {}).setdefault(rank, []).append(column)
    found = {name: [groups[rank] for rank in sorted(groups)] for name, groups in ranked.items()}
    if "original_title" in found:
        found["title"] = found.get("title", []) + found["original_title"]
    return found


def check_required(columns: Columns, names: Sequence[str]) -> None:
    """Raise ColumnMissing for a table without a title or a runtime. ``names`` are its columns."""
    for name in REQUIRED:
        if name not in columns:
            raise ColumnMissing(name, names)


def _find(wanted: str, field: str, columns: Sequence[str]) -> str:
    for same in (str, key):
        for column in columns:
            if same(column) == same(wanted):
                return column
    raise ColumnMissing(field, columns, named=wanted)
