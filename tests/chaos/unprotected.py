"""The control: a cinema without locks and without the constraints that would replace them."""

import os
import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db.backends.signals import connection_created

from tests.chaos.gunicorn_config import UNLOCKED
from tests.concurrency.harness import drop_constraints, without_locks

OFTEN, LONG = 0.5, 3  # some changes of seats wait so many seconds: what was read before is old by then
CHANGE = 'UPDATE "cinema_showseat"'


def unprotect_database() -> None:
    """Drop the constraints, and let workers started from now on take no locks."""
    drop_constraints("ticket_seat_sold_once", "seat_event_once_per_revision")
    os.environ[UNLOCKED] = "1"


def unprotect_worker() -> ExitStack:
    """Take no lock in this process, and pause before changing seats."""
    connection_created.connect(_let_it_linger, weak=False)
    stack = ExitStack()
    stack.enter_context(without_locks())
    return stack


def _let_it_linger(connection: Any, **more: Any) -> None:
    if _linger not in connection.execute_wrappers:  # the same one may connect again
        connection.execute_wrappers.append(_linger)


def _linger(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    if sql.startswith(CHANGE) and random.random() < OFTEN:
        time.sleep(LONG)
    return execute(sql, *rest)
