"""Transactions with retries, and work after a commit."""

import functools
import logging
import random
import time
from collections.abc import Callable, Iterable
from math import inf
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from cinema.exceptions import DatabaseBusy
from cinema.exceptions.database import DEADLOCK, LOCK_NOT_AVAILABLE, SERIALIZATION_FAILURE, code
from cinema.observability.metrics import refusals

logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

ATTEMPTS = 3
PATIENCE = 10.0  # seconds per run of a job that waits for other servers, such as sending mails


def after_commit(function: Callable[..., object], **arguments: object) -> None:
    """Call ``function`` once the transaction is committed. Exceptions are only logged: a job tries again."""

    def call() -> None:
        try:
            function(**arguments)
        except Exception:
            logger.exception("After the commit, %s failed.", function.__qualname__)

    transaction.on_commit(call)


def try_each(function: Callable[[T], object], items: Iterable[T], *, patience: float = inf) -> int:
    """Call ``function`` with each item; return how many results were true.

    An exception is logged and the next item follows. After ``patience`` seconds the rest is left for the next run.
    """
    done, late = 0, time.monotonic() + patience
    for item in items:
        if time.monotonic() > late:
            break
        try:
            done += bool(function(item))
        except Exception:
            key = getattr(item, "pk", item if isinstance(item, int) else "one")  # other items are secret codes
            logger.exception("A step of a background job failed, at %s.", key)
    return done


def atomically(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function`` in one transaction.

    After a deadlock it is tried again, up to ATTEMPTS times in all. Raises DatabaseBusy if a lock is not available in
    time, or for a deadlock inside a caller's transaction: then the outermost of these functions begins again.
    """

    @functools.wraps(function)
    @refusals()
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        nested = connection.in_atomic_block
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except (OperationalError, DatabaseBusy) as error:
                cause = error.__cause__ if isinstance(error, DatabaseBusy) else error
                state = code(cause) if isinstance(cause, OperationalError) else ""
                sacrificed = state in (DEADLOCK, SERIALIZATION_FAILURE)
                if sacrificed and not nested and attempt < ATTEMPTS:
                    time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311, jitter only
                    continue
                if isinstance(error, DatabaseBusy):
                    raise
                if sacrificed or state == LOCK_NOT_AVAILABLE or "database is locked" in str(error):
                    raise DatabaseBusy from error
                raise
        raise AssertionError("the loop above returns or raises")

    return run
