"""Bulk inserts: COPY on PostgreSQL, prepared INSERTs on SQLite."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Model

ROWS = 10_000  # per COPY


def stamp(moment: datetime) -> str:
    """Format a time for both databases, in UTC without a zone."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def trust_keys() -> None:
    """Disable PostgreSQL's foreign key checks in this transaction, if the user may.

    20 million checks for a year take longer than everything else. On SQLite they are cheap.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() == (True,):
                cursor.execute("SET LOCAL session_replication_role = replica")


class Rows:
    """Rows for one table, inserted by write()."""

    def __init__(self, model: type[Model], fields: str) -> None:
        self.model = model
        self.table = model._meta.db_table
        self.columns = [model._meta.get_field(name).column for name in fields.split()]
        self.rows: list[Sequence[Any]] = []

    def begin(self) -> None:
        """Hook before the first row of a transaction."""

    def add(self, *values: Any) -> None:
        """Add a row of strings, numbers, booleans and None. Strings must not contain tabs or backslashes."""
        self.rows.append(values)

    def write(self) -> None:
        """Insert the rows added since the last call, in order."""
        if connection.vendor == "postgresql":
            self._copy()
        else:
            self._insert()
        self.rows.clear()

    def end(self) -> None:
        """Hook after the last row."""

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
            cursor.executemany(f'INSERT INTO "{self.table}" ({names}) VALUES ({marks})', self.rows)  # noqa: S608


class Batch(Rows):
    """Rows with primary keys chosen here, from ``next_key`` on, under the table lock taken by begin()."""

    def __init__(self, model: type[Model], fields: str) -> None:
        super().__init__(model, f"id {fields}")
        self.next_key = 0

    def begin(self) -> None:
        """Find the next key. On PostgreSQL, lock the table against other writers until the transaction ends."""
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
        """Set PostgreSQL's sequence after our keys."""
        if connection.vendor == "postgresql":
            _execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [self.table, self.next_key])


def _line(row: Iterable[Any]) -> str:
    return "\t".join(["\\N" if value is None else str(value) for value in row]) + "\n"


def _execute(sql: str, values: Sequence[Any] = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
