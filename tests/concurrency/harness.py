"""Races between real threads, each with its own database connection, and ways to remove the protection.

Tests need ``@pytest.mark.django_db(transaction=True)``: the data of a race must be committed.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from unittest import mock

from django.apps import apps
from django.db import connection
from django.db.models import BaseConstraint, Model, QuerySet

from cinema.exceptions import BusinessRuleViolation
from cinema.services.core.statements import Statement
from cinema.sqlite.base import DatabaseWrapper as SQLite
from tests.trail import alterable_trail

Step = Callable[[], Any]
# A write, also by a prepared statement of services.booking.sql, or by its text.
WRITE = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|EXECUTE write_\w+|WITH \w+ (\(.*?\) )?AS \((INSERT|SELECT value))\b",
    re.I | re.S,
)
LOCKS = re.compile(r"FOR NO KEY UPDATE OF \w+(, \w+)*")
run_statement = Statement.run
FOREVER = 60  # seconds after which a thread is stuck


class Outcome(NamedTuple):
    """The result of a step: its value, or the exception that ended it."""

    value: Any = None
    error: Exception | None = None

    @property
    def refused(self) -> bool:
        """Whether a business rule rejected the step."""
        return isinstance(self.error, BusinessRuleViolation)


def race(*steps: Step, patience: float = 0.5) -> list[Outcome]:
    """Run the steps at once and return their outcomes.

    Each stops before its first write until all have reached theirs, so all have read the same data. Where locks stop
    most of them earlier, the others wait at most ``patience`` seconds.
    """
    start, meeting = threading.Barrier(len(steps)), threading.Barrier(len(steps), timeout=patience)

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):  # the others wait for a lock, or have nothing to write
            meeting.wait()

    runners = [Runner(step, before_first_write=meet, start=start) for step in steps]
    return [runner.outcome() for runner in runners]


def interleave(first: Step, second: Step, patience: float = 0.5) -> tuple[Outcome, Outcome]:
    """Run ``first`` up to its first write, then all of ``second``, then the rest of ``first``.

    If ``second`` has to wait for ``first``, as it should, ``first`` continues after ``patience`` seconds. Without locks
    ``second`` need not wait, and a busy machine may take longer.
    """
    reached, go_on = threading.Event(), threading.Event()

    def pause() -> None:
        reached.set()
        go_on.wait(FOREVER)

    one = Runner(first, before_first_write=pause, at_end=reached.set)
    reached.wait(FOREVER)
    two = Runner(second)
    two.thread.join(patience if Statement.run is run_statement else FOREVER)
    go_on.set()
    return one.outcome(), two.outcome()


class Runner:
    """A step in a thread with its own database connection."""

    def __init__(
        self,
        step: Step,
        before_first_write: Step = lambda: None,
        at_end: Step = lambda: None,
        start: threading.Barrier | None = None,
    ) -> None:
        self.step, self.before_first_write, self.at_end, self.start = step, before_first_write, at_end, start
        self.has_written = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        try:
            connection.ensure_connection()
            if self.start:
                self.start.wait(FOREVER)
            with connection.execute_wrapper(self.watch):
                self.result = Outcome(self.step())
        except Exception as error:
            self.result = Outcome(error=error)
        finally:
            connection.close()
            self.at_end()

    def watch(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not self.has_written and WRITE.match(sql):
            self.has_written = True
            self.before_first_write()
        return execute(sql, *rest)

    def outcome(self) -> Outcome:
        self.thread.join(FOREVER)
        assert not self.thread.is_alive(), "a thread is stuck"
        return self.result


@contextmanager
def without_locks() -> Iterator[None]:
    """Take no row locks.

    On SQLite the IMMEDIATE transaction is the lock, so there every statement runs in autocommit mode.
    """
    with (
        mock.patch.object(Statement, "run", run_unlocked),
        mock.patch.object(QuerySet, "select_for_update", lambda rows, **options: rows.all()),
        mock.patch.object(SQLite, "_start_transaction_under_autocommit", lambda database: None),
    ):
        yield


def run_unlocked(statement: Statement, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement of services.booking.sql by its text, without the words that lock."""
    if connection.vendor != "postgresql":
        return run_statement(statement, values)
    with connection.cursor() as cursor:
        cursor.execute(LOCKS.sub("", statement.sql), values)
        return cursor.fetchall()


@contextmanager
def without_constraints(*names: str) -> Iterator[None]:
    """Drop these constraints, and restore them afterwards, in emptied tables."""
    constraints = drop_constraints(*names)
    try:
        yield
    finally:
        with alterable_trail():  # whose triggers SQLite drops with the old table
            for emptied in dict.fromkeys(one for model, _ in constraints for one in _with_referrers(model)):
                emptied._base_manager.all()._raw_delete(using="default")
            with connection.schema_editor() as editor:
                for model, constraint in constraints:
                    model._meta.constraints.append(constraint)
                    editor.add_constraint(model, constraint)


def _with_referrers(model: type[Model], above: Sequence[type[Model]] = ()) -> Iterator[type[Model]]:
    """The models whose rows refer to this one's, however indirectly, and then itself."""
    for relation in model._meta.related_objects:
        if relation.related_model not in (*above, model):
            yield from _with_referrers(relation.related_model, (*above, model))
    yield model


def drop_constraints(*names: str) -> list[tuple[type[Model], BaseConstraint]]:
    """Drop these constraints; return them with their models."""
    constraints = [
        (model, constraint)
        for model in apps.get_app_config("cinema").get_models()
        for constraint in model._meta.constraints
        if constraint.name in names
    ]
    assert len(constraints) == len(names)
    with alterable_trail(), connection.schema_editor() as editor:
        for model, constraint in constraints:
            model._meta.constraints.remove(constraint)  # SQLite builds the table anew from what stands here
            editor.remove_constraint(model, constraint)
    return constraints


@contextmanager
def unprotected() -> Iterator[None]:
    """The negative control of a race: no locks, and no constraints that would replace them."""
    with without_constraints("ticket_seat_sold_once", "seat_event_once_per_revision"), without_locks():
        yield
