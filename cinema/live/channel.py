"""What is told about one show to everybody who watches it from this process."""

import asyncio
from collections import deque
from typing import NamedTuple

KEPT = 256 * 1024  # bytes of news kept for those who come a little late


class Update(NamedTuple):
    """What changed after one revision up to another, as a message of an event stream."""

    after: int
    revision: int
    event: bytes


class Channel:
    """The latest news about a show. All its watchers wait for the same ``changed``; each reads on from where it is."""

    def __init__(self, show_id: int, revision: int) -> None:
        self.show_id = show_id
        self.revision = revision
        self.watchers = 0
        self.beats = 0
        self.ending = b""  # the last thing there is to tell
        self.changed = asyncio.Event()
        self.older: dict[int, asyncio.Task[Update | None]] = {}  # what those further behind are being told
        self._news: deque[Update] = deque()
        self._size = 0

    def publish(self, news: Update) -> None:
        """Send an update to every stream. What is too old to be kept is read from the database when it is needed."""
        self._news.append(news)
        self._size += len(news.event)
        while self._size > KEPT and len(self._news) > 1:
            self._size -= len(self._news.popleft().event)
        self.revision = news.revision
        self.older.clear()
        self._wake()

    def beat(self) -> None:
        """Send everybody a sign of life, so that nobody between us and them takes the line for dead."""
        self.beats += 1
        self._wake()

    def end(self, event: bytes) -> None:
        """Tell everybody for the last time."""
        self.ending = event
        self._wake()

    def since(self, revision: int) -> bytes | None:
        """All that was told after ``revision``; None when that is no longer known here."""
        if revision >= self.revision:
            return b""
        if not self._news or self._news[0].after > revision:
            return None
        fresh = [news.event for news in self._news if news.revision > revision]
        return fresh[0] if len(fresh) == 1 else b"".join(fresh)

    def _wake(self) -> None:
        waiting, self.changed = self.changed, asyncio.Event()
        waiting.set()
