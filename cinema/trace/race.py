"""Two buyers at one seat, step by step: each calls hold_seats() in its own thread and database connection.

Before each of its STEPS a buyer waits for its turn, which the reader gives. Each page runs the whole race again from
the first turn to the last and then releases everything, so that no transaction stays open between two requests.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.exceptions import BusinessRuleViolation
from cinema.models import Hold, Show, ShowSeat
from cinema.services.booking.guards import mark_contested
from cinema.services.booking.holds import hold_seats, release_hold
from cinema.services.booking.seating import choose_best
from cinema.trace.booking import CannotTrace, find_show
from cinema.trace.recorder import RecordedStatement

NAMES = {"A": "Asha", "B": "Ben"}
MOST_TURNS = 20
CHECK, LOCK, CHECK_AGAIN, WRITE, COMMIT, ROLLBACK, DONE = range(7)
STEPS = {
    CHECK: gettext_lazy("check without a lock"),
    LOCK: gettext_lazy("begin and lock the show"),
    CHECK_AGAIN: gettext_lazy("lock the seat and check again"),
    WRITE: gettext_lazy("write the hold, the seat and the ledger"),
    COMMIT: gettext_lazy("commit"),
    ROLLBACK: gettext_lazy("roll back"),
    DONE: gettext_lazy("done"),
}
ARRIVES_WITHIN, IS_STUCK_AFTER = 10.0, 0.3  # seconds; SQLite does not report waits, so they are detected by time

LOCKS = """
    SELECT locktype, coalesce(relname, ''), mode, granted FROM pg_locks LEFT JOIN pg_class ON relation = pg_class.oid
    WHERE pid = %s AND locktype <> 'virtualxid'
        AND (relation IS NULL OR relname IN ('cinema_show', 'cinema_showseat', 'cinema_hold'))
    ORDER BY granted, locktype, relname, mode
"""


class Abandoned(BaseException):
    """Ends a buyer's thread after the last turn and rolls its transaction back."""


@dataclass
class RacingBuyer:
    """The state of one buyer: the ``next`` step, the statements so far, locks held or waited for, and the result."""

    letter: str
    next: int = CHECK
    waits: bool = False
    answer: str = ""
    statements: list[RecordedStatement] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return NAMES[self.letter]

    @property
    def next_step(self) -> str:
        return str(STEPS[self.next])

    @property
    def can_move(self) -> bool:
        return self.next != DONE and not self.waits


@dataclass
class Picture:
    """The race after some turns; ``turns`` are the letters of the buyers, such as “AAB”."""

    turns: str
    seat: str
    buyers: list[RacingBuyer]
    seen_by_others: str
    has_row_locks: bool

    @property
    def before(self) -> str:
        """The turns without the last one."""
        return self.turns[:-1]

    @property
    def is_over(self) -> bool:
        return all(buyer.next == DONE for buyer in self.buyers)


class Runner:
    """A buyer's thread. ``go()`` lets it take one step."""

    def __init__(self, letter: str, show_id: int, seat_id: int) -> None:
        self.buyer = RacingBuyer(letter)
        self.secret = secrets.token_urlsafe(24)
        self.show_id, self.seat_id = show_id, seat_id
        self.pid: int | None = None
        self._turn, self._arrived = threading.Semaphore(0), threading.Event()
        self._abandoned = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        self._arrived.wait(ARRIVES_WITHIN)

    def go(self) -> None:
        self._arrived.clear()
        self._turn.release()

    def arrives(self, seconds: float) -> bool:
        """Whether the thread reaches its next step or its end within ``seconds``."""
        return self._arrived.wait(seconds)

    def abandon(self) -> None:
        self._abandoned = True
        self._turn.release()
        self.thread.join(ARRIVES_WITHIN)

    def _run(self) -> None:
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                connection.prepared = None  # type: ignore[attr-defined] # so that each statement is sent as its text
                self.pid = connection.connection.info.backend_pid
            with connection.execute_wrapper(self._execute), self._commit_and_rollback_as_steps():
                hold = hold_seats(show_id=self.show_id, seat_ids=[self.seat_id], buyer=self.secret)
            self.buyer.answer = _("A hold until %(time)s UTC.") % {"time": f"{hold.expires_at:%H:%M:%S}"}
        except Abandoned:
            pass
        except Exception as error:
            self.buyer.answer = f"{type(error).__name__}: {error}"
        finally:
            connection.close()
            self.buyer.next = DONE
            self._arrived.set()

    @contextmanager
    def _commit_and_rollback_as_steps(self) -> Iterator[None]:
        """Make commit and rollback steps as well; Django does not pass them to execute wrappers."""
        commit, rollback = connection.commit, connection.rollback

        def commit_as_step() -> None:
            try:
                self._come_to(COMMIT)
            except Abandoned:
                rollback()
                raise
            commit()
            self.buyer.statements.append(RecordedStatement("COMMIT"))

        def rollback_as_step() -> None:
            with suppress(Abandoned):
                self._come_to(ROLLBACK)
            rollback()
            self.buyer.statements.append(RecordedStatement("ROLLBACK"))

        connection.commit = commit_as_step  # type: ignore[method-assign]
        connection.rollback = rollback_as_step  # type: ignore[method-assign]
        try:
            yield
        finally:
            del connection.commit, connection.rollback

    def _execute(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        step = self._step_of(sql)
        self._come_to(step)
        if step == LOCK and not sql.startswith("BEGIN"):  # PostgreSQL's driver begins with the first statement
            self.buyer.statements.append(RecordedStatement("BEGIN"))
        self.buyer.statements.append(RecordedStatement(sql))
        return execute(sql, *rest)

    def _step_of(self, sql: str) -> int:
        if not connection.in_atomic_block:
            return LOCK if sql.startswith("BEGIN") else CHECK
        if self.buyer.next == CHECK:
            return LOCK
        return WRITE if RecordedStatement(sql).written else max(self.buyer.next, CHECK_AGAIN)

    def _come_to(self, step: int) -> None:
        """Wait for the buyer's turn before the first statement of a step. Raises Abandoned."""
        if step == self.buyer.next and self.buyer.statements:
            return
        if not self._abandoned:
            self.buyer.next = step
            self._arrived.set()
            self._turn.acquire()
        if self._abandoned:
            raise Abandoned


def watch_race(turns: str, *, show_id: int | None = None) -> Picture:
    """Run the race for ``turns``, such as “AAB”, and return its state.

    A turn of a buyer who waits for a lock, or has finished, is skipped. Raises CannotTrace.
    """
    if connection.in_atomic_block:
        raise CannotTrace(_("A race needs connections of its own, which cannot see what is not committed yet."))
    show, seat = _find_seat(show_id)
    mark_contested(show.pk)  # so that both check before they lock, as at a contested show
    runners = [Runner(letter, show.pk, seat.pk) for letter in NAMES]
    try:
        for turn in turns[:MOST_TURNS]:
            for runner in runners:
                if runner.buyer.letter == turn and runner.buyer.can_move:
                    runner.go()
                    _settle(runners)
        return _picture(turns, seat, runners)
    finally:
        for runner in sorted(runners, key=lambda runner: runner.buyer.waits):
            runner.abandon()
        for hold in Hold.objects.filter(buyer__in=[runner.secret for runner in runners], status=Hold.Status.ACTIVE):
            release_hold(code=hold.code, buyer=hold.buyer)


def _find_seat(show_id: int | None) -> tuple[Show, ShowSeat]:
    show = find_show(show_id)
    try:
        [place] = choose_best(show=show, buyer="", party=1)
    except BusinessRuleViolation as error:
        raise CannotTrace(str(error)) from error
    return show, ShowSeat.objects.select_related("seat").get(pk=place.pk)


def _settle(runners: Sequence[Runner]) -> None:
    """Wait until each buyer is before its next step, has finished, or waits for the other's lock."""
    began = time.monotonic()
    while time.monotonic() < began + ARRIVES_WITHIN:
        for runner, other in zip(runners, reversed(runners), strict=True):
            runner.buyer.waits = not runner.arrives(0.01) and _is_blocked(runner, other, time.monotonic() - began)
        if all(runner.buyer.waits or runner.arrives(0) for runner in runners):
            return
    raise CannotTrace(_("The database did not answer in time. Please try again."))


def _is_blocked(runner: Runner, other: Runner, seconds: float) -> bool:
    if runner.pid is None:
        return seconds > IS_STUCK_AFTER and runner.buyer.next == LOCK and CHECK_AGAIN <= other.buyer.next < DONE
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [runner.pid])
        return bool(cursor.fetchone()[0])


def _picture(turns: str, seat: ShowSeat, runners: Sequence[Runner]) -> Picture:
    buyers = [
        replace(runner.buyer, statements=list(runner.buyer.statements), locks=_locks(runner)) for runner in runners
    ]
    status = ShowSeat.objects.values_list("status", flat=True).get(pk=seat.pk)
    seen = str(ShowSeat.Status(status).label)
    return Picture(turns, seat.seat.label, buyers, seen, connection.vendor == "postgresql")


def _locks(runner: Runner) -> list[str]:
    """The locks a buyer holds or waits for, from pg_locks; on SQLite the single write lock."""
    if runner.pid is not None:
        with connection.cursor() as cursor:
            cursor.execute(LOCKS, [runner.pid])
            return [
                " ".join(filter(None, [kind, table, mode, "" if granted else _("(waits)")]))
                for kind, table, mode, granted in cursor.fetchall()
            ]
    if runner.buyer.waits:
        return [_("the one lock for writing (waits)")]
    return [_("the one lock for writing")] if CHECK_AGAIN <= runner.buyer.next < DONE else []
