"""A server on a local port with an application of the test, and raw connections to it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from uvicorn import Config, Server

from cinema.live.worker import Worker

PATIENCE = 10  # seconds
OURS = Worker.CONFIG_KWARGS | {"host": "127.0.0.1", "port": 0, "log_config": None, "timeout_graceful_shutdown": 5}


@contextmanager
def serving(application: Any, **options: Any) -> Iterator[int]:
    """Serve while the block runs, as the worker does; yield the port."""
    server, thread = started(application, **options)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def started(application: Any, **options: Any) -> tuple[Server, Thread]:
    """A running server and its thread."""
    server = Server(Config(application, **OURS | {"lifespan": "off"} | options))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    return server, thread


class Line:
    """A raw connection over which a test sends bytes."""

    def __init__(self, port: int, said: bytes = b"") -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # small, so that unread data soon fills it
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.say(said)

    def say(self, said: bytes) -> None:
        self.socket.sendall(said)

    def hears(self, words: bytes) -> bytes:
        """Read until the words have been received; return everything read. Fails if the connection ends before."""
        heard = b""
        while words not in heard:
            piece = self.socket.recv(65536)
            assert piece, f"the connection was closed after {heard[-200:]!r}"
            heard += piece
        return heard

    def all(self) -> bytes:
        """Read until the connection is closed."""
        heard = b""
        try:
            while piece := self.socket.recv(65536):
                heard += piece
        except ConnectionError:
            pass
        return heard

    def close(self) -> None:
        self.socket.close()
