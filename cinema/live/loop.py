"""The event loop: uvloop, which leaves a share of the connections of a crowd to the other processes."""

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvloop

logger = logging.getLogger(__name__)

AT_ONCE = 8  # connections
FEW = 8  # requests in progress that are no reason to wait
WAIT, LONGEST_WAIT = 0.0001, 0.02  # seconds, for each further one, and at most
PAUSE = 1.0  # seconds without accepting while there are too many open files, or no memory
EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Acceptor:
    """Accepts the connections of a listening socket: at most AT_ONCE in each turn of the loop, and the later the more
    requests are in progress.

    All processes listen to the same socket. If one took everything that waits there, as uvloop does, most of a crowd
    that comes at the same moment would wait for one process while the others have nothing to do.
    """

    def __init__(self, loop: "Loop", listening: socket.socket, protocol: Callable[[], Any]) -> None:
        self.sockets = [listening]
        self._loop, self._listening, self._protocol = loop, listening, protocol
        self._opening: set[asyncio.Task[Any]] = set()
        self._resume: asyncio.TimerHandle | None = None
        listening.setblocking(False)
        self._start()

    def close(self) -> None:
        """Accept no more; what waits is left to the other processes."""
        if self._resume:
            self._resume.cancel()
        self._loop.remove_reader(self._listening)

    async def wait_closed(self) -> None:
        """Wait until the connections that were accepted are open; uvicorn waits for their requests itself."""
        await asyncio.gather(*self._opening)

    def _start(self) -> None:
        self._loop.add_reader(self._listening, self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _address = self._listening.accept()
            except (BlockingIOError, ConnectionAbortedError):
                break
            except OSError as error:
                if error.errno not in EXHAUSTED:
                    raise
                logger.warning("Too many open files, or no memory: no connection is accepted for a moment.")
                self._wait(PAUSE)
                return
            connection.setblocking(False)
            task = self._loop.create_task(self._open(connection))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        if (more := self._loop.in_progress() - FEW) > 0:
            self._wait(min(more * WAIT, LONGEST_WAIT))

    def _wait(self, seconds: float) -> None:
        """Leave what comes to the other processes for a while."""
        self._loop.remove_reader(self._listening)
        self._resume = self._loop.call_later(seconds, self._start)

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # the client is gone already
            connection.close()


class Loop(uvloop.Loop):
    """``in_progress`` is the number of requests that this process answers at the moment."""

    in_progress: Callable[[], int] = staticmethod(lambda: 0)

    async def create_server(self, protocol_factory: Any, *args: Any, sock: Any = None, **options: Any) -> Any:
        """Serve connections of ``sock``, which gunicorn has opened; other servers are uvloop's."""
        if sock is None or options.get("ssl"):
            return await super().create_server(protocol_factory, *args, sock=sock, **options)
        return Acceptor(self, sock, protocol_factory)
