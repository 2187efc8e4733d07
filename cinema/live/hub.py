"""The hub: all channels of this process, and the one loop that publishes updates to them."""

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
from cinema.live.channel import HEARTBEAT, Channel, Update, Watched
from cinema.live.listener import Listener, connect

logger = logging.getLogger(__name__)
R = TypeVar("R")

GAP = 0.2  # seconds between two rounds: changes that come close together are sent together
POLL_EVERY = 1.0  # seconds; finds changes without a notification, as all are on SQLite
HEARTBEAT_EVERY = 20.0  # seconds; the usual proxy closes an idle connection after 60


class Hub:
    """Publishes the changes of each watched show to its channels, one for each language.

    PostgreSQL notifications name the shows that changed. In addition, one statement every POLL_EVERY seconds reads the
    revisions of all watched shows, so that a lost notification does no harm, and finds expired holds.
    """

    def __init__(self) -> None:
        self._channels: dict[Watched, Channel] = {}
        self._notified: set[int] = set()
        self._notification = asyncio.Event()
        self._listener = Listener(self._on_notification)
        self._database = ThreadPoolExecutor(1, "live")
        self._expiry = ThreadPoolExecutor(1, "expiry")  # it may wait for a lock; no map waits with it
        self._releasing: asyncio.Future[None] | None = None
        self._opening: dict[Watched, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None
        self.watchers = 0
        self._polled = self._heartbeat_sent = monotonic()
        self._is_ending = False

    @contextmanager
    def watching(self, channel: Channel) -> Iterator[None]:
        """Count a watcher of the channel while the block runs; a channel without watchers is dropped."""
        channel.watchers += 1
        self.watchers += 1
        try:
            yield
        finally:
            channel.watchers -= 1
            self.watchers -= 1
            if not channel.watchers and self._channels.get(channel.watched) is channel:
                del self._channels[channel.watched]

    async def channel(self, watched: Watched) -> Channel | None:
        """Return the channel of a show; None if the show does not exist or is not on sale.

        Raises ConnectionError when the server is shutting down.
        """
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        if watched not in self._channels:
            if watched not in self._opening:  # after a restart thousands of browsers connect at once
                self._opening[watched] = asyncio.create_task(self._open(watched))
            await asyncio.shield(self._opening[watched])
        if self._is_ending:
            raise ConnectionError("The server is shutting down.")
        return self._channels.get(watched)

    async def _open(self, watched: Watched) -> None:
        try:
            live_state = (await self._in_database_thread(updates.read_states, [watched.show_id])).get(watched.show_id)
            if live_state and live_state.on_sale:
                self._channels[watched] = Channel(watched, live_state.revision)
        finally:
            del self._opening[watched]

    async def catch_up(self, channel: Channel, revision: int) -> tuple[bytes, int]:
        """Return the events after ``revision`` and the revision they lead to.

        b"" and the same revision if they cannot be read now.
        """
        events = channel.since(revision)
        if events is not None:
            return events, max(revision, channel.revision)
        if revision not in channel.older:  # after a restart thousands of streams need the same update
            channel.older[revision] = asyncio.create_task(self._read(channel, revision))
        fresh = await asyncio.shield(channel.older[revision])
        return (fresh.event, fresh.revision) if fresh else (b"", revision)

    def end_streams(self) -> None:
        """End all streams and open no more, for shutdown; browsers reconnect to another process."""
        if not self._is_ending:
            self._is_ending = True
            for channel in self._channels.values():
                channel.end(HEARTBEAT)

    async def close(self) -> None:
        """Stop the loop and close its database connections."""
        if self._task:
            self._task.cancel()
        self._listener.close()
        for thread in (self._database, self._expiry):
            await asyncio.get_running_loop().run_in_executor(thread, connections.close_all)
            thread.shutdown()

    async def _read(self, channel: Channel, revision: int) -> Update | None:
        try:
            return await self._in_database_thread(updates.changes, channel.watched, revision)
        except Exception:  # the next poll finds that the channel is still behind
            logger.exception("The changes of show %s cannot be read now.", channel.watched.show_id)
            channel.older.pop(revision, None)
            return None

    async def _run(self) -> None:
        while True:
            try:
                await self._round()
            except Exception as error:  # the database may be away for a while; open streams stay open
                trace = not is_away(error)
                logger.warning("The live maps could not be updated; retrying in the next round.", exc_info=trace)
                self._listener.close()
                await asyncio.sleep(POLL_EVERY)
            await asyncio.sleep(GAP)

    async def _round(self) -> None:
        """Wait for a notification or for the next poll, then publish what changed."""
        if not self._listener.is_open:
            self._listener.open(await self._in_database_thread(connect))
        await self._wait()
        notified, self._notified = self._notified, set()
        for channel in [channel for watched, channel in self._channels.items() if watched.show_id in notified]:
            fresh = await self._read(channel, channel.revision)
            if fresh and fresh.revision > channel.revision:
                channel.publish(fresh)
        if monotonic() >= self._polled + POLL_EVERY:
            await self._poll()
        if monotonic() >= self._heartbeat_sent + HEARTBEAT_EVERY:
            self._heartbeat_sent = monotonic()
            for channel in self._channels.values():
                channel.heartbeat()

    async def _wait(self) -> None:
        self._notification.clear()
        if not self._notified:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._notification.wait(), max(0.0, self._polled + POLL_EVERY - monotonic()))

    async def _poll(self) -> None:
        self._polled = monotonic()
        channels = list(self._channels.values())
        show_ids = list({channel.watched.show_id for channel in channels})
        found = await self._in_database_thread(updates.read_states, show_ids) if show_ids else {}
        for channel in channels:
            live_state = found.get(channel.watched.show_id)
            if live_state is None or not live_state.on_sale:
                channel.end(await self._in_database_thread(updates.ending, channel.watched))
                self._channels.pop(channel.watched, None)
            elif live_state.revision > channel.revision:
                self._notified.add(channel.watched.show_id)
        due = [show_id for show_id, live_state in found.items() if live_state.due and live_state.on_sale]
        if due and (self._releasing is None or self._releasing.done()):
            loop = asyncio.get_running_loop()
            self._releasing = loop.run_in_executor(self._expiry, updates.release_expired_holds, due)

    def _on_notification(self, show_id: int) -> None:
        self._notified.add(show_id)
        self._notification.set()

    async def _in_database_thread(self, function: Callable[..., R], *arguments: object) -> R:
        """Call ``function`` in the hub's one database thread."""
        return await asyncio.get_running_loop().run_in_executor(self._database, function, *arguments)
