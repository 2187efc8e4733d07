"""The updates of one show in one language for all its streams in this process."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

HEARTBEAT = b":\n\n"
KEPT = 256 * 1024  # bytes of updates kept for streams that are a little behind


class Update(NamedTuple):
    """The changes from revision ``after`` to ``revision``, as a message of an event stream."""

    after: int
    revision: int
    event: bytes


class Watched(NamedTuple):
    """What an open map shows: a show, in the words of a language."""

    show_id: int
    language: str


class Follower:
    """A stream that waits for the next update. ``push`` sends at once, and returns False if the client is behind."""

    __slots__ = ("push", "revision", "woken")

    def __init__(self, revision: int, push: Callable[[bytes], bool]) -> None:
        self.revision = revision
        self.push = push
        self.woken: asyncio.Future[None] | None = None


class Channel:
    """The latest updates of a watched show.

    An update is pushed to all streams that have those before, in one go: thousands of them wait. Those that are behind,
    and those whose clients are slow, are woken, and read on from their revision.
    """

    def __init__(self, watched: Watched, revision: int) -> None:
        self.watched = watched
        self.revision = revision
        self.watchers = 0
        self.heartbeats = 0
        self.moment = 0  # counts what was sent to all, so that no stream misses any of it
        self.ending = b""  # the last message, after which the streams close
        self.older: dict[int, asyncio.Task[Update | None]] = {}  # database reads for streams further behind
        self._followers: set[Follower] = set()
        self._updates: deque[Update] = deque()
        self._size = 0  # bytes

    async def follow(self, follower: Follower, moment: int) -> None:
        """Send the follower what comes, until it is behind. Returns at once if something came since ``moment``."""
        if moment != self.moment:
            return
        follower.woken = asyncio.get_running_loop().create_future()
        self._followers.add(follower)
        try:
            await follower.woken
        finally:
            self._followers.discard(follower)

    def publish(self, update: Update) -> None:
        """Send an update to every stream. Updates dropped from memory are read from the database when needed."""
        self._updates.append(update)
        self._size += len(update.event)
        while self._size > KEPT and len(self._updates) > 1:
            self._size -= len(self._updates.popleft().event)
        self.revision = update.revision
        self.older.clear()
        self.moment += 1
        for follower in list(self._followers):
            if follower.revision >= update.revision:
                continue
            if follower.revision >= update.after and follower.push(update.event):
                follower.revision = update.revision
            else:
                self._wake(follower)

    def heartbeat(self) -> None:
        """Send every stream a heartbeat, so that no proxy closes an idle connection."""
        self.heartbeats += 1
        self.moment += 1
        for follower in list(self._followers):
            if not follower.push(HEARTBEAT):
                self._wake(follower)

    def end(self, event: bytes) -> None:
        """Send every stream a last event, and close it."""
        self.ending = event
        self.moment += 1
        for follower in list(self._followers):
            self._wake(follower)

    def since(self, revision: int) -> bytes | None:
        """The events after ``revision``; None if they are no longer all in memory."""
        if revision >= self.revision:
            return b""
        if not self._updates or self._updates[0].after > revision:
            return None
        fresh = [update.event for update in self._updates if update.revision > revision]
        return fresh[0] if len(fresh) == 1 else b"".join(fresh)

    def _wake(self, follower: Follower) -> None:
        self._followers.discard(follower)
        if follower.woken and not follower.woken.done():
            follower.woken.set_result(None)
