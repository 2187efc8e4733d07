"""Thousands of open seat maps, as one program that only reads and leaves the CPU to the server."""

import re
import select
import socket
from collections.abc import Sequence
from time import monotonic, time
from typing import NamedTuple

ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
REQUEST = "GET /shows/{show_id}/live/?since={since} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
END = b"\n\n"
CONNECTING = 200  # at once, so that none waits in a queue that is full


class Change(NamedTuple):
    """A change of seats: its revision and its time, by this machine's clock."""

    revision: int
    at: float


class Audience:
    """The watchers of one show. Each records when it received which revision."""

    def __init__(self, port: int, show_id: int, since: int, count: int) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._rest: dict[int, bytes] = {}
        self.told: dict[int, list[tuple[int, float]]] = {}
        request = REQUEST.format(show_id=show_id, since=since, port=port).encode()
        for _ in range(0, count, CONNECTING):
            for _ in range(min(CONNECTING, count - len(self._sockets))):
                self._connect(port, request)
            self.watch(0.05)

    @property
    def size(self) -> int:
        return len(self._sockets)

    def watch(self, seconds: float) -> None:
        """Read all streams for so long."""
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            for number, _ in self._poll.poll(left, 4096):
                self._read(number)

    def close(self) -> None:
        for line in self._sockets.values():
            line.close()
        self._poll.close()

    def delays(self, changes: Sequence[Change]) -> list[float]:
        """The sorted seconds from each change to its arrival at each watcher; infinite if it never arrived."""
        delays = []
        for told in self.told.values():
            moments = iter(told)
            revision, moment = 0, 0.0
            for change in changes:
                while revision < change.revision:
                    revision, moment = next(moments, (change.revision, float("inf")))
                delays.append(moment - change.at)
        return sorted(delays)

    def _connect(self, port: int, request: bytes) -> None:
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(request)
        line.setblocking(False)
        number = line.fileno()
        self._sockets[number], self._rest[number], self.told[number] = line, b"", []
        self._poll.register(number, select.EPOLLIN)

    def _read(self, number: int) -> None:
        data = self._sockets[number].recv(1 << 18)
        if not data:
            raise RuntimeError("The server has closed an open map.")
        whole, _, rest = (self._rest[number] + data).rpartition(END)
        self._rest[number] = rest
        if ids := ID.findall(whole):
            now = time()
            self.told[number].extend((int(revision), now) for revision in ids)
