"""Connections to SQLite whose transactions begin in turn.

SQLite lets one transaction write at a time. One that finds the database locked sleeps, longer each time, while later
ones take its place, so some wait many times as long as others. Here the threads of a process wait in line, and the
first in line looks again after LOOK_AGAIN, whoever holds the lock. The line is a courtesy, never a lock: SQLite itself
keeps transactions apart, and whoever has waited for PATIENCE goes on without a turn.

Connections are kept between requests, since opening one and closing the last takes longer than booking two seats. A
connection whose file was replaced, for instance by a backup, is closed and opened anew.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.utils import debug_transaction
from django.db.utils import OperationalError

LOOK_AGAIN = 0.001  # seconds
PATIENCE = 5.0  # seconds
BEGIN = "BEGIN IMMEDIATE"  # as by the transaction_mode of the settings
LOCKED = "database is locked"

_line = Lock()  # whoever waits for it gets it in turn
_opened: set[str] = set()  # the paths of databases in files


class DatabaseWrapper(base.DatabaseWrapper):
    has_turn = False
    file: tuple[int, int] | None = None  # the open file: see _file_at()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError if the file of this process is gone: SQLite would make an empty one."""
        path = conn_params["database"]
        if path in _opened and _file_at(path) is None:
            raise OperationalError(f"The file of the database is gone: {path}")
        opened = super().get_new_connection(conn_params)
        self.file = _file_at(path)
        if self.file is not None:
            _opened.add(path)
        return opened

    def is_usable(self) -> bool:
        """Whether the open file is still the one at the path of the database."""
        return self.file == _file_at(self.settings_dict["NAME"])

    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction when it is its turn. Raises OperationalError if the database stays locked too long."""
        self._end_turn()
        if self.execute_wrappers:  # who watches statements sees this one
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # Django's own, which its stubs leave out
            return
        try:
            with self._without_sleep() as seconds:
                late = time.monotonic() + seconds
                self.has_turn = _line.acquire(timeout=min(PATIENCE, seconds))
                self._begin(late)
        except BaseException:
            self._end_turn()
            raise

    def _begin(self, late: float) -> None:
        """Begin as soon as the lock is free, by the driver itself: each error of Django's would leave a cursor to the
        garbage collector, which may then wait in one thread, inside a transaction, for the connection of another."""
        while True:
            try:
                with debug_transaction(self, BEGIN):
                    self.connection.execute(BEGIN)
            except sqlite3.OperationalError as error:
                if LOCKED not in str(error) or time.monotonic() > late:
                    break
            else:
                return
            time.sleep(LOOK_AGAIN)
        super()._start_transaction_under_autocommit()  # type: ignore[misc] # Django's own, which its stubs leave out

    @contextmanager
    def _without_sleep(self) -> Iterator[float]:
        """Let SQLite itself not wait for the lock meanwhile; yield for how many seconds it does otherwise."""
        [milliseconds] = self.connection.execute("PRAGMA busy_timeout").fetchone()
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            yield milliseconds / 1000
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc] # Django's own, which its stubs leave out
        finally:
            self._end_turn()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc] # Django's own, which its stubs leave out
        finally:
            self._end_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc] # Django's own, which its stubs leave out
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self.has_turn:
            self.has_turn = False
            _line.release()


def _file_at(path: str) -> tuple[int, int] | None:
    """The device and inode of a file; None if there is none, as for a database in memory."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
