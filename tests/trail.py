"""Altering what the database lets nobody alter, the two ledgers, the audit trail, receipts, tills and day reports: to
empty the tables between tests, and to see what finds a ledger that is wrong."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from django.apps import apps
from django.db import connection

migration = import_module("cinema.migrations.0010_the_trail_stays")
tills = import_module("cinema.migrations.0073_tills")
TABLES = (
    *migration.TABLES,
    *(
        "cinema_moneyentry",
        "cinema_receipt",
        "cinema_receiptline",
        tills.MOVEMENTS,
        "cinema_checkin",
        "cinema_counteraction",
        "cinema_invoicepayment",
        "cinema_dayreport",
    ),
)


@contextmanager
def alterable_trail() -> Iterator[None]:
    """Lift the protection for the block."""
    _execute(*_lift())
    try:
        yield
    finally:
        _execute(*_restore())


def _lift() -> list[str]:
    if connection.vendor == "postgresql":
        # What was written in this transaction is checked first, for a table with checks outstanding cannot be altered.
        return ["SET CONSTRAINTS ALL IMMEDIATE", *_on_all("ALTER TABLE {table} DISABLE TRIGGER {table}_stays")]
    return _on_all("DROP TRIGGER IF EXISTS {table}_stays_on_{event}")


def _restore() -> list[str]:
    if connection.vendor == "postgresql":
        back = _on_all("ALTER TABLE {table} ENABLE TRIGGER {table}_stays")
        return ["SET CONSTRAINTS ALL IMMEDIATE", *back, "SET CONSTRAINTS ALL DEFERRED"]
    return [*_on_all(migration.SQLITE, TABLES), *_on_all(tills.SQLITE, [tills.SESSIONS])]


def _on_all(statement: str, tables: Sequence[str] = (*TABLES, tills.SESSIONS)) -> list[str]:
    events = migration.EVENTS if "{event}" in statement else ("",)
    return [statement.format(table=table, event=event) for table in tables for event in events]


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rename_details() -> int:
    """Rename every key in the details of all audit events, at every depth; return how many events that were."""
    AuditEvent = apps.get_model("cinema", "AuditEvent")  # the workers of chaos/ have no models yet
    events = AuditEvent.objects.exclude(details={})
    with alterable_trail():
        for pk, details in events.values_list("pk", "details"):
            AuditEvent.objects.filter(pk=pk).update(details=_renamed(details))
    return events.count()


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"once_{key}": _renamed(inner) for key, inner in value.items()}
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value
