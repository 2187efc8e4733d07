"""Many rows at once, as fast as each database takes them: COPY on PostgreSQL, prepared INSERTs on SQLite."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Model

ROWS = 10_000  # per COPY


def stamp(moment: datetime) -> str:
    """A moment as both databases read it: in UTC, without saying so."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def trust_keys() -> None:
    """Where it may be said, tell PostgreSQL not to look up every key in this transaction: 20 million look-ups a year
    take it longer than all the rest. SQLite looks them up in passing."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() == (True,):
                cursor.execute("SET LOCAL session_replication_role = replica")


class Rows:
    """Rows for one table, written as soon as there are many."""

    def __init__(self, model: type[Model], fields: str) -> None:
        self.model = model
        self.table = model._meta.db_table
        self.columns = [model._meta.get_field(name).column for name in fields.split()]
        self.rows: list[Sequence[Any]] = []

    def begin(self) -> None:
        """Called once in a transaction, before the first row."""

    def add(self, *values: Any) -> None:
        """Add a row. Values are texts, numbers, booleans and None, without tabs or backslashes."""
        self.rows.append(values)

    def write(self) -> None:
        """Write what was added since, in the order of adding."""
        if connection.vendor == "postgresql":
            self._copy()
        else:
            self._insert()
        self.rows.clear()

    def end(self) -> None:
        """Called once after the last row."""

    def _copy(self) -> None:
        names = ", ".join(f'"{name}"' for name in self.columns)
        with connection.cursor() as cursor:
            for start in range(0, len(self.rows), ROWS):
                lines = io.StringIO("".join(map(_line, self.rows[start : start + ROWS])))
                cursor.copy_expert(f'COPY "{self.table}" ({names}) FROM STDIN', lines)

    def _insert(self) -> None:
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join(["%s"] * len(self.columns))
        with connection.cursor() as cursor:
            cursor.executemany(f'INSERT INTO "{self.table}" ({names}) VALUES ({marks})', self.rows)  # nosec B608 # noqa: S608


class Batch(Rows):
    """Rows with keys of our own: ``next_key`` is free while the caller's transaction holds the lock that ``begin``
    takes."""

    def __init__(self, model: type[Model], fields: str) -> None:
        super().__init__(model, f"id {fields}")
        self.next_key = 0

    def begin(self) -> None:
        """Find the next key, in a transaction. On PostgreSQL nobody else can add a row until it ends."""
        if connection.vendor == "postgresql":
            _execute(f'LOCK TABLE "{self.table}" IN SHARE ROW EXCLUSIVE MODE')
        self.next_key = (self.model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1

    def add(self, *values: Any) -> int:
        """Add a row and return its key."""
        key = self.next_key
        self.next_key += 1
        super().add(key, *values)
        return key

    def end(self) -> None:
        """Let the database go on counting keys behind ours."""
        if connection.vendor == "postgresql":
            _execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [self.table, self.next_key])


def _line(row: Iterable[Any]) -> str:
    return "\t".join(["\\N" if value is None else str(value) for value in row]) + "\n"


def _execute(sql: str, values: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
