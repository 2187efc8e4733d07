"""The controls: a cinema without locks and without the constraints that would replace them, without what makes a second
message of a provider harmless, or without the lock on payments.
"""

import os
import random
import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

from django.db.backends.signals import connection_created
from django.db.models import QuerySet

from cinema.services.core.statements import Statement
from tests.chaos.gunicorn_config import GULLIBLE, UNLOCKED
from tests.concurrency.harness import drop_constraints, run_statement, run_unlocked, without_locks

# Some changes of seats, and all of refunds, wait so many seconds: what was read before is old by then.
OFTEN, LONG = 0.5, 3
SEATS = re.compile(r'UPDATE "?cinema_showseat"?')
REFUNDS = re.compile(r'UPDATE "cinema_refund" .*"provider_id"')  # not that it is tried
_takes_no_locks = ContextVar("takes no locks", default=False)


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


def forget_messages() -> None:
    """Drop the constraint of the inbox, and let workers started from now on act on every message."""
    drop_constraints("provider_event_once")
    os.environ[GULLIBLE] = "1"


def believe_everything() -> None:
    """Settle a payment in this process, whether it was settled before or not."""
    from cinema.models import Payment
    from cinema.services.money import settlement

    lock = settlement.locked_payment

    def as_if_new(**which: str) -> Any:
        payment = lock(**which)
        if payment.status not in Payment.UNPAID:
            payment.status = Payment.Status.PENDING
        return payment

    settlement.locked_payment = as_if_new


def lock_no_payment() -> None:
    """Act in this process on what is reported about refunds and disputes without a lock on their payments."""
    from cinema.services.money import disputes, refunds

    lock_rows = QuerySet.select_for_update

    def select(rows: QuerySet[Any], **options: Any) -> QuerySet[Any]:
        return rows.all() if _takes_no_locks.get() else lock_rows(rows, **options)

    def run(statement: Statement, values: Any) -> Any:
        return (run_unlocked if _takes_no_locks.get() else run_statement)(statement, values)

    QuerySet.select_for_update, Statement.run = select, run
    refunds.lock_payment = disputes.lock_payment = _unlocked(refunds.lock_payment)
    refunds.locked_payment = _unlocked(refunds.locked_payment)
    connection_created.connect(_let_it_linger, weak=False)


def _unlocked(lock: Callable[..., Any]) -> Callable[..., Any]:
    """Read what ``lock`` reads, and lock nothing."""

    def read(**which: Any) -> Any:
        before = _takes_no_locks.set(True)
        try:
            return lock(**which)
        finally:
            _takes_no_locks.reset(before)

    return read


def _let_it_linger(connection: Any, **more: Any) -> None:
    if _linger not in connection.execute_wrappers:  # the same one may connect again
        connection.execute_wrappers.append(_linger)


def _linger(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    if REFUNDS.search(sql) or (SEATS.search(sql) and random.random() < OFTEN):
        time.sleep(LONG)
    return execute(sql, *rest)
