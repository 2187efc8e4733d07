"""All channels of this process, and the one loop that keeps them told."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TypeVar

from django.db import connections

from cinema.exceptions.database import is_away
from cinema.live import updates
from cinema.live.channel import Channel, Update
from cinema.live.listener import Listener, connect

logger = logging.getLogger(__name__)
R = TypeVar("R")

GAP = 0.3  # seconds between two rounds: changes that come together go out together
LOOK_EVERY = 1.0  # seconds; what no notification told is seen then, so it is also all that SQLite needs
BEAT_EVERY = 20.0  # seconds; the usual proxy gives a silent line up after 60
SIGN_OF_LIFE = b":\n\n"


class Hub:
    """Tells the watchers of each show what changed.

    PostgreSQL's notifications say where to look. Beside them one statement every LOOK_EVERY seconds reads the
    revision of all watched shows, so that a lost notification loses nothing, and finds holds that have run out.
    """

    def __init__(self) -> None:
        self._channels: dict[int, Channel] = {}
        self._notified: set[int] = set()
        self._stirred = asyncio.Event()
        self._listener = Listener(self._hear)
        self._database = ThreadPoolExecutor(1, "live")
        self._expiry = ThreadPoolExecutor(1, "expiry")  # it may wait for a lock, and no map waits with it
        self._freeing: asyncio.Future[None] | None = None
        self._opening: dict[int, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None
        self.watchers = 0
        self._looked = self._beaten = monotonic()
        self._is_leaving = False

    @contextmanager
    def watching(self, channel: Channel) -> Iterator[None]:
        """Keep the channel told while the block runs; when nobody is left it is dropped."""
        channel.watchers += 1
        self.watchers += 1
        try:
            yield
        finally:
            channel.watchers -= 1
            self.watchers -= 1
            if not channel.watchers and self._channels.get(channel.show_id) is channel:
                del self._channels[channel.show_id]

    async def channel(self, show_id: int) -> Channel | None:
        """The channel of a show; None when there is no such show, or it is not on sale.

        Raises ConnectionError when the server ends.
        """
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        if show_id not in self._channels:
            if show_id not in self._opening:  # after a restart thousands come at once
                self._opening[show_id] = asyncio.create_task(self._open(show_id))
            await asyncio.shield(self._opening[show_id])
        if self._is_leaving:
            raise ConnectionError("The server ends.")
        return self._channels.get(show_id)

    async def _open(self, show_id: int) -> None:
        try:
            live_state = (await self._ask(updates.look, [show_id])).get(show_id)
            if live_state and live_state.on_sale:
                self._channels[show_id] = Channel(show_id, live_state.revision)
        finally:
            del self._opening[show_id]

    async def catch_up(self, channel: Channel, revision: int) -> tuple[bytes, int]:
        """All that changed after ``revision``, and the revision it leads to: the same where that cannot be read now."""
        events = channel.since(revision)
        if events is not None:
            return events, max(revision, channel.revision)
        if revision not in channel.older:  # after a restart thousands ask the same
            channel.older[revision] = asyncio.create_task(self._read(channel, revision))
        fresh = await asyncio.shield(channel.older[revision])
        return (fresh.event, fresh.revision) if fresh else (b"", revision)

    def leave(self) -> None:
        """End all streams, whose browsers come again, and open no more: the server ends."""
        if not self._is_leaving:
            self._is_leaving = True
            for channel in self._channels.values():
                channel.end(SIGN_OF_LIFE)

    async def close(self) -> None:
        """Stop telling, and give the database its connections back."""
        if self._task:
            self._task.cancel()
        self._listener.close()
        for thread in (self._database, self._expiry):
            await asyncio.get_running_loop().run_in_executor(thread, connections.close_all)
            thread.shutdown()

    async def _read(self, channel: Channel, revision: int) -> Update | None:
        try:
            return await self._ask(updates.changes, channel.show_id, revision)
        except Exception:  # the next look finds that there is still something to tell
            logger.exception("What changed at show %s cannot be read now.", channel.show_id)
            channel.older.pop(revision, None)
            return None

    async def _run(self) -> None:
        while True:
            try:
                await self._round()
            except Exception as error:  # the database may be away for a while; no stream that stands ends for that
                trace = not is_away(error)
                logger.warning("The live maps could not be told; the next round tries again.", exc_info=trace)
                self._listener.close()
                await asyncio.sleep(LOOK_EVERY)
            await asyncio.sleep(GAP)

    async def _round(self) -> None:
        """Wait for something to tell, or for the time to look, and tell it."""
        if not self._listener.is_open:
            self._listener.open(await self._ask(connect))
        await self._wait()
        stirred, self._notified = self._notified, set()
        for channel in [self._channels[show_id] for show_id in stirred if show_id in self._channels]:
            fresh = await self._read(channel, channel.revision)
            if fresh and fresh.revision > channel.revision:
                channel.publish(fresh)
        if monotonic() >= self._looked + LOOK_EVERY:
            await self._look()
        if monotonic() >= self._beaten + BEAT_EVERY:
            self._beaten = monotonic()
            for channel in self._channels.values():
                channel.beat()

    async def _wait(self) -> None:
        self._stirred.clear()
        if not self._notified:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), max(0.0, self._looked + LOOK_EVERY - monotonic()))

    async def _look(self) -> None:
        self._looked = monotonic()
        found = await self._ask(updates.look, list(self._channels)) if self._channels else {}
        for show_id, live_state in found.items():
            channel = self._channels.get(show_id)
            if channel is None:
                continue
            if not live_state.on_sale:
                channel.end(await self._ask(updates.ending, show_id))
                self._channels.pop(show_id, None)
            elif live_state.revision > channel.revision:
                self._notified.add(show_id)
        due = [show_id for show_id, live_state in found.items() if live_state.due and live_state.on_sale]
        if due and (self._freeing is None or self._freeing.done()):
            self._freeing = asyncio.get_running_loop().run_in_executor(self._expiry, updates.free, due)

    def _hear(self, show_id: int) -> None:
        self._notified.add(show_id)
        self._stirred.set()

    async def _ask(self, function: Callable[..., R], *arguments: object) -> R:
        """Let the one thread that may use the database call ``function``."""
        return await asyncio.get_running_loop().run_in_executor(self._database, function, *arguments)
