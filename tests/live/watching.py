"""Watchers of live seat maps without a network: they call the stream by ASGI."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from cinema.live.channel import Watched
from cinema.live.hub import Hub
from cinema.live.stream import stream

PATIENCE = 10  # seconds
SEAT = re.compile(r'aria-label="([^"]+)"')


class Watcher:
    """A client of a show's stream. ``messages`` are those received so far; ``ended`` if the stream has ended."""

    def __init__(
        self, hub: Hub, show_id: int, since: object = 0, last_event_id: object = None, language: str = "en"
    ) -> None:
        self.status = 0
        self.text = ""
        self.ended = False
        self._change, self._left = asyncio.Event(), asyncio.Event()
        headers = [] if last_event_id is None else [(b"last-event-id", str(last_event_id).encode())]
        scope = {"type": "http", "query_string": f"since={since}".encode(), "headers": headers}
        self._task = asyncio.create_task(stream(hub, Watched(show_id, language), scope, self._receive, self._send))

    @property
    def messages(self) -> list[str]:
        return [message for message in self.text.split("\n\n") if message.startswith("id: ")]

    @property
    def revisions(self) -> list[int]:
        return [int(message.split()[1]) for message in self.messages]

    @property
    def seats(self) -> list[str]:
        return SEAT.findall(self.text)

    async def hears(self, *words: str) -> None:
        """Wait until all the words have been received."""
        await asyncio.wait_for(self._until(lambda: all(word in self.text for word in words)), PATIENCE)

    async def begins(self) -> None:
        await asyncio.wait_for(self._until(lambda: bool(self.text) or self.ended), PATIENCE)

    async def comes_to_its_end(self) -> None:
        await asyncio.wait_for(self._until(lambda: self.ended), PATIENCE)

    async def leaves(self) -> None:
        self._left.set()
        await asyncio.wait_for(self._task, PATIENCE)

    async def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            self._change.clear()
            await self._change.wait()

    async def _receive(self) -> dict[str, Any]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        self.ended = message["type"] == "http.response.body" and not message.get("more_body", False)
        self._change.set()


def watched(scenario: Callable[[Hub], Awaitable[None]]) -> None:
    """Run a scenario on an event loop, with its own hub."""

    async def play() -> None:
        hub = Hub()
        try:
            await scenario(hub)
        finally:
            await hub.close()

    on_a_loop(play())


def on_a_loop(play: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread, because the main thread has the event loop of the browser tests."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, play).result()


def meanwhile(function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """Call a function in a thread with its own database connection, as another request would."""

    def act(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        finally:
            connections.close_all()

    return lambda *arguments, **named: asyncio.to_thread(act, *arguments, **named)
