"""Statements written as SQL: named, and on PostgreSQL prepared once per connection.

They are written for PostgreSQL. On SQLite the same text runs with a few words replaced (FOR_SQLITE), and the parts of a
Write run one after the other. Behind a transaction pooler (settings.DATABASE_POOLED) nothing is prepared.
"""
# Only names of our own tables, columns and parts are put into these texts.
# ruff: noqa: S608

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from types import UnionType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateTimeField, DecimalField, Field, JSONField, Model
from django.db.models.base import ModelState

Row = TypeVar("Row")
Record = tuple[Any, ...]

PARAMETER = re.compile(r"%\((\w+)\)s")
FOR_SQLITE = [
    (
        re.compile(r"\s+FOR NO KEY UPDATE OF \w+(, \w+)*"),
        "",
    ),  # its transactions are exclusive from their first statement
    (re.compile(r"= ANY \((%\(\w+\)s)\)"), r"IN (SELECT value FROM json_each(\1))"),
    (re.compile(r"clock_timestamp\(\)"), "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"),
    (re.compile(r"pg_notify\(.*\)"), "NULL"),  # its live maps poll
]


class Statement:
    """A statement with named parameters, ``%(name)s``, each of one type throughout. A list is an array of keys."""

    def __init__(self, name: str, sql: str) -> None:
        self.name, self.sql = name, sql

    def run(self, values: Mapping[str, Any]) -> list[Record]:
        """Execute it and return its rows."""
        with connection.cursor() as cursor:
            if connection.vendor != "postgresql":
                _execute_on_sqlite(cursor, self._sqlite, values)
            elif (known := _prepared()) is None:
                cursor.execute(self.sql, values)
            else:
                if self.name not in known:
                    with connection.wrap_database_errors:
                        cursor.cursor.execute(self._prepare)  # by itself: it stays prepared if its execution fails
                    known[self.name] = self.sql
                cursor.execute(self._execute, [values[name] for name in self._names])
            found: list[Record] = cursor.fetchall()
            return found

    @cached_property
    def _names(self) -> list[str]:
        return list(dict.fromkeys(PARAMETER.findall(self.sql)))

    @cached_property
    def _prepare(self) -> str:
        places = {name: f"${place}" for place, name in enumerate(self._names, start=1)}
        return f"PREPARE {self.name} AS {PARAMETER.sub(lambda found: places[found[1]], self.sql)}"

    @cached_property
    def _execute(self) -> str:
        return f"EXECUTE {self.name} ({', '.join(['%s'] * len(self._names))})"

    @cached_property
    def _sqlite(self) -> str:
        return _text_for_sqlite(self.sql)


def _prepared() -> dict[str, str] | None:
    """What this connection to PostgreSQL has prepared; None if it prepares nothing."""
    connection.ensure_connection()
    known: dict[str, str] | None = connection.prepared  # type: ignore[attr-defined] # of cinema.postgresql
    return known


def _text_for_sqlite(sql: str) -> str:
    """The text of a statement as SQLite understands it."""
    for words, instead in FOR_SQLITE:
        sql = words.sub(instead, sql)
    return sql


def _execute_on_sqlite(cursor: Any, sql: str, values: Mapping[str, Any]) -> None:
    """Execute a statement, which is written for SQLite, with its parameters as Django would store them."""
    cursor.execute(sql, {name: _adapted(values[name]) for name in PARAMETER.findall(sql)})


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return json.dumps(value, default=_adapted) if isinstance(value, list | tuple) else value


class Query(Statement, Generic[Row]):
    """A statement whose rows are named tuples of the type ``row``.

    A field whose type is a model stands for ``{field}`` in the text: its columns, or those of ``only``, of the table
    with this alias. It is None where the table was joined without a row. The columns come in the order of the fields.
    """

    def __init__(self, name: str, row: type[Row], sql: str, only: Mapping[str, Sequence[str]] | None = None) -> None:
        self.row, start = row, 0
        columns: dict[str, str] = {}
        self._readers: list[_Instance | _Value] = []
        for alias, kind in get_type_hints(row).items():
            kind = _without_none(kind)
            if issubclass(kind, Model):
                fields = [
                    one for one in kind._meta.concrete_fields if one.attname in (only or {}).get(alias, [one.attname])
                ]
                columns[alias] = ", ".join(f'{alias}."{field.column}"' for field in fields)
                self._readers.append(_Instance(kind, fields, start))
                start += len(fields)
            else:
                self._readers.append(_Value(kind, start))
                start += 1
        super().__init__(name, sql.format(**columns))

    def rows(self, **values: Any) -> list[Row]:
        """Execute it and return its rows."""
        readers, on_sqlite = self._readers, connection.vendor != "postgresql"
        return [self.row(*[read(record, on_sqlite) for read in readers]) for record in self.run(values)]


def _without_none(kind: Any) -> Any:
    return next(one for one in get_args(kind) if one is not type(None)) if isinstance(kind, UnionType) else kind


class _Value:
    """A column of a row, as a value of Python."""

    def __init__(self, kind: type, place: int) -> None:
        self.kind, self.place = kind, place

    def __call__(self, record: Record, on_sqlite: bool) -> Any:
        value = record[self.place]
        if value is None or not on_sqlite:
            return value
        return _aware(value) if self.kind is datetime else self.kind(value)


class _Instance:
    """The columns of a row from ``start`` on that make an instance of a model."""

    def __init__(self, model: type[Model], fields: Sequence["Field[Any, Any]"], start: int) -> None:
        self.model, self.start, self.end = model, start, start + len(fields)
        self.names, self.key = [field.attname for field in fields], start + fields.index(model._meta.pk)
        converters = [(place, _converter(field)) for place, field in enumerate(fields)]
        self.converted = [(place, convert) for place, convert in converters if convert]
        self.parsed = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]

    def __call__(self, record: Record, on_sqlite: bool) -> Model | None:
        """The instance as Model.from_db() makes it, in a fifth of the time: without signals, which none of ours has."""
        if record[self.key] is None:
            return None
        values = list(record[self.start : self.end])
        if on_sqlite:
            for place, convert in self.converted:
                values[place] = None if values[place] is None else convert(values[place])
        for place in self.parsed:
            values[place] = None if values[place] is None else json.loads(values[place])
        row = self.model.__new__(self.model)
        row.__dict__.update(zip(self.names, values, strict=True), _state=ModelState())
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return row


def _converter(field: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    """What makes a value of the field from one of SQLite."""
    if isinstance(field, DateTimeField):
        return _aware
    if isinstance(field, DecimalField):
        places = Decimal(1).scaleb(-field.decimal_places)
        return lambda value: Decimal(str(value)).quantize(places)
    return None


def _aware(value: str | datetime) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC)


class Insert:
    """New rows of a model, as a part of a Write.

    ``refers`` maps foreign keys to the earlier parts that insert what they refer to. The database itself fills the
    columns in ``without``. If not ``keyed``, the rows do not learn their primary keys.
    """

    def __init__(
        self,
        model: type[Model],
        refers: Mapping[str, str] | None = None,
        without: Sequence[str] = (),
        keyed: bool = True,
    ) -> None:
        fields = [one for one in model._meta.concrete_fields if one.column and one.name not in without]
        self.table, self.refers = model._meta.db_table, refers or {}
        self.keyed = keyed
        self.fields = [(one.name, one.attname, str(one.column)) for one in fields if not one.primary_key]

    def records(self, rows: Sequence[Any], places: Mapping[int, int]) -> list[dict[str, Any]]:
        """The rows by column. Rows that this Write inserts are referred to by their places."""
        return [
            {
                column: places.get(id(getattr(row, name))) if name in self.refers else row.__dict__[attname]
                for name, attname, column in self.fields
            }
            for row in rows
        ]

    def text(self, part: str, *, on_sqlite: bool = False) -> str:
        """The statement that inserts the records in the parameter that is named as the part."""
        chosen = ", ".join(
            f"(SELECT id FROM {self.refers[name]} WHERE place = new.{column})"
            if name in self.refers
            else f"new.{column}"
            for name, _, column in self.fields
        )
        source = f"json_populate_recordset(NULL::{self.table}, %({part})s)"
        if on_sqlite:
            values = ", ".join(f"value ->> '{column}' AS {column}" for *_, column in self.fields)
            source = f"(SELECT {values} FROM json_each(%({part})s) ORDER BY key)"
        columns = ", ".join(column for *_, column in self.fields)
        returning = " RETURNING id" if self.keyed else ""
        return f"INSERT INTO {self.table} ({columns}) SELECT {chosen} FROM {source} AS new{returning}"


class Write:
    """Parts that are written together: on PostgreSQL in one statement, on SQLite one after the other.

    A part is an Insert, or SQL, in which ``(SELECT id FROM part)`` is the key of what an earlier part inserts.
    ``tells`` is an expression that PostgreSQL evaluates with them.
    """

    def __init__(self, name: str, tells: str = "", **parts: Insert | str) -> None:
        self.parts, self.inserts = parts, {part: one for part, one in parts.items() if isinstance(one, Insert)}
        self.statement = Statement(name, self._text(tells))

    def run(self, rows: Mapping[str, Sequence[Any]], **values: Any) -> None:
        """Write the ``rows`` of each Insert, which learn their keys, and the rest with ``values``."""
        places = {id(row): place for some in rows.values() for place, row in enumerate(some, start=1)}
        on_postgresql = connection.vendor == "postgresql"
        written = str if on_postgresql else _written_for_sqlite
        records = {
            part: json.dumps(one.records(rows[part], places), default=written) for part, one in self.inserts.items()
        }
        keys = self._in_one(values | records) if on_postgresql else self._one_by_one(values | records)
        for part, one in self.inserts.items():
            if one.keyed:
                for row, key in zip(rows[part], sorted(keys[part]), strict=True):
                    row.pk, row._state.adding, row._state.db = key, False, DEFAULT_DB_ALIAS
            for name in one.refers:
                for row in rows[part]:  # not by setattr(), which would forget the instance that is referred to
                    row.__dict__[f"{name}_id"] = getattr(row, name) and getattr(row, name).pk

    def _in_one(self, values: Mapping[str, Any]) -> dict[str, list[int]]:
        keys: dict[str, list[int]] = {part: [] for part in self.parts}
        for part, key in self.statement.run(values):
            keys.get(part, []).append(key)
        return keys

    def _one_by_one(self, values: Mapping[str, Any]) -> dict[str, list[int]]:
        keys: dict[str, list[int]] = {}
        with connection.cursor() as cursor:
            for part, sql in self._one_each.items():
                known = {name: list(found) for name, found in keys.items()}
                _execute_on_sqlite(cursor, sql, {**values, **{f"{name}_keys": found for name, found in known.items()}})
                keys[part] = [key for (key,) in cursor.fetchall()]
        return keys

    def _text(self, tells: str) -> str:
        """All parts as one statement that returns the names of parts with the keys of the new rows."""
        clauses, returned = [], [f"SELECT 'told', length(CAST({tells} AS text))"] if tells else []
        for part, one in self.parts.items():
            if isinstance(one, Insert) and one.keyed:
                clauses.append(f"{part}_rows AS ({one.text(part)})")
                clauses.append(f"{part} AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM {part}_rows)")
                returned.append(f"SELECT '{part}', id FROM {part}")
            else:
                clauses.append(f"{part} AS ({one.text(part) if isinstance(one, Insert) else one})")
        return f"WITH {', '.join(clauses)} {' UNION ALL '.join(returned or ['SELECT NULL, NULL'])}"

    @cached_property
    def _one_each(self) -> dict[str, str]:
        """The parts as statements of their own. The keys of earlier ones are parameters."""
        texts: dict[str, str] = {}
        for part, one in self.parts.items():
            sql = one.text(part, on_sqlite=True) if isinstance(one, Insert) else _text_for_sqlite(one)
            known = [name for name in texts if f"FROM {name} " in sql or f"FROM {name})" in sql]
            keys = "(id, place) AS (SELECT value, key + 1 FROM json_each(%({}_keys)s))"
            tables = [f"{name} {keys.format(name)}" for name in known]
            texts[part] = f"WITH {', '.join(tables)} {sql}" if tables else sql
        return texts


def _written_for_sqlite(value: Any) -> str:
    return str(_adapted(value))
