"""Turns: threads of one process that want the same row wait in line here, not on the row.

A lock of a row that many transactions wait for costs PostgreSQL a wake-up of each in turn, and each of them keeps a
transaction open meanwhile. Whoever waits here can also see, when the turn comes, that nothing is left. A turn is a
courtesy, never a lock: after PATIENCE a thread goes on without one, and other processes have lines of their own.
"""

from collections import deque
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from django.db import connection

PATIENCE = 2.0  # seconds; shorter than the lock timeout of the database

_lines: dict[Hashable, deque[Event]] = {}
_guard = Lock()


@contextmanager
def turn(key: Hashable) -> Iterator[bool]:
    """Wait until the threads that came before have had their turns; yield whether there were any.

    Inside a transaction it does not wait, because others may wait for what that has locked.
    """
    if connection.in_atomic_block:
        yield False
        return
    mine = Event()
    with _guard:
        line = _lines.setdefault(key, deque())
        line.append(mine)
        waits = len(line) > 1
    try:
        if waits:
            mine.wait(PATIENCE)
        yield waits
    finally:
        with _guard:
            line.remove(mine)
            if line:
                line[0].set()  # the first one: it may have had its turn already
            else:
                del _lines[key]
