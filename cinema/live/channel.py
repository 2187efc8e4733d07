"""The updates of one show for all its streams in this process."""

import asyncio
from collections import deque
from typing import NamedTuple

KEPT = 256 * 1024  # bytes of updates kept for streams that are a little behind


class Update(NamedTuple):
    """The changes from revision ``after`` to ``revision``, as a message of an event stream."""

    after: int
    revision: int
    event: bytes


class Channel:
    """The latest updates of a show. All streams wait for the same ``changed`` event and read on from their revision."""

    def __init__(self, show_id: int, revision: int) -> None:
        self.show_id = show_id
        self.revision = revision
        self.watchers = 0
        self.heartbeats = 0
        self.ending = b""  # the last message, after which the streams close
        self.changed = asyncio.Event()
        self.older: dict[int, asyncio.Task[Update | None]] = {}  # database reads for streams further behind
        self._updates: deque[Update] = deque()
        self._size = 0  # bytes

    def publish(self, update: Update) -> None:
        """Send an update to every stream. Updates dropped from memory are read from the database when needed."""
        self._updates.append(update)
        self._size += len(update.event)
        while self._size > KEPT and len(self._updates) > 1:
            self._size -= len(self._updates.popleft().event)
        self.revision = update.revision
        self.older.clear()
        self._wake()

    def heartbeat(self) -> None:
        """Send every stream a heartbeat, so that no proxy closes an idle connection."""
        self.heartbeats += 1
        self._wake()

    def end(self, event: bytes) -> None:
        """Send every stream a last event, and close it."""
        self.ending = event
        self._wake()

    def since(self, revision: int) -> bytes | None:
        """The events after ``revision``; None if they are no longer all in memory."""
        if revision >= self.revision:
            return b""
        if not self._updates or self._updates[0].after > revision:
            return None
        fresh = [update.event for update in self._updates if update.revision > revision]
        return fresh[0] if len(fresh) == 1 else b"".join(fresh)

    def _wake(self) -> None:
        waiting, self.changed = self.changed, asyncio.Event()
        waiting.set()
