"""The control: a cinema without locks, and without the constraints that would catch what they let through."""

import os
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest import mock

from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.features import DatabaseFeatures as SQLite

from tests.chaos.gunicorn_config import UNLOCKED
from tests.concurrency.harness import WRITE, drop_constraints, without_locks

OFTEN, LONG = 0.1, 2.0  # one write in ten waits so many seconds: what was read before is old by then


def unprotect_database() -> None:
    """Drop the constraints, and have the workers that are started from now on take no locks."""
    drop_constraints("ticket_seat_sold_once", "seat_event_once_per_revision")
    os.environ[UNLOCKED] = "1"


def unprotect_worker() -> ExitStack:
    """Take no lock in this process while the answer lives, and linger before some writes."""
    connection_created.connect(_let_it_linger, weak=False)
    stack = ExitStack()
    stack.enter_context(without_locks())
    # SQLite holds its write lock until the rows an INSERT returns are read to their end.
    stack.enter_context(mock.patch.object(SQLite, "can_return_columns_from_insert", False))
    stack.enter_context(mock.patch.object(SQLite, "can_return_rows_from_bulk_insert", False))
    return stack


def _let_it_linger(connection: Any, **more: Any) -> None:
    connection.execute_wrappers.append(_linger)


def _linger(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    if WRITE.match(sql) and random.random() < OFTEN:
        time.sleep(LONG)
    return execute(sql, *rest)
