"""Attacks on a server from another IP address of this machine. Each goes on during its block."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress

from cinema.models import Show

STRANGER = "127.0.0.2"
PATIENCE = 10  # seconds
HEAD = "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n"
STYLE = "/static/bootstrap/css/bootstrap.min.css"  # 230 kB

Attack = Callable[[int, Show], AbstractContextManager[Sequence[socket.socket]]]


def request(path: str, *headers: str, method: str = "GET") -> bytes:
    return HEAD.format(method=method, path=path, more="".join(f"{header}\r\n" for header in headers)).encode()


def post(*headers: str) -> bytes:
    """The head of a form's request, with the cookie without which its body would not be read."""
    form = "Content-Type: application/x-www-form-urlencoded", f"Cookie: csrftoken={'a' * 32}"
    return request("/tickets/", *form, *headers, method="POST")


@contextmanager
def connections(port: int, count: int, said: bytes, address: str = STRANGER) -> Iterator[list[socket.socket]]:
    """Open many connections that send the same data and read nothing."""
    with ExitStack() as stack:
        lines = []
        for _ in range(count):
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.settimeout(PATIENCE)
            line.bind((address, 0))
            line.connect(("127.0.0.1", port))
            with suppress(ConnectionError, TimeoutError):  # that it is turned away is what all this is about
                line.sendall(said)
            lines.append(line)
        yield lines


@contextmanager
def dripping(lines: Sequence[socket.socket], piece: bytes) -> Iterator[None]:
    """Send a little more on each of them, again and again."""
    enough = threading.Event()

    def drip() -> None:
        while not enough.wait(0.5):
            for line in lines:
                with suppress(OSError):
                    line.sendall(piece)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def half_sent_posts(port: int, show: Show) -> AbstractContextManager:
    return connections(port, 24, post("Content-Length: 1000") + b"re")


def half_sent_bodies_in_chunks(port: int, show: Show) -> AbstractContextManager:
    return connections(port, 24, post("Transfer-Encoding: chunked") + b"100\r\nre")


@contextmanager
def bodies_of_a_byte_at_a_time(port: int, show: Show) -> Iterator[list[socket.socket]]:
    with connections(port, 24, post("Content-Length: 1000")) as lines, dripping(lines, b"x"):
        yield lines


@contextmanager
def headers_of_a_byte_at_a_time(port: int, show: Show) -> Iterator[list[socket.socket]]:
    with connections(port, 100, post()[:-4]) as lines, dripping(lines, b"x"):
        yield lines


@contextmanager
def large_bodies_that_come_slowly(port: int, show: Show) -> Iterator[list[socket.socket]]:
    with connections(port, 40, post("Content-Length: 3000000") + bytes(100_000)) as lines, dripping(lines, bytes(1000)):
        yield lines


def connections_that_say_nothing(port: int, show: Show) -> AbstractContextManager:
    return connections(port, 300, b"")


def downloads_that_nobody_reads(port: int, show: Show) -> AbstractContextManager:
    return connections(port, 16, request(STYLE) * 10)


@contextmanager
def downloads_that_nobody_reads_and_whose_clients_leave(port: int, show: Show) -> Iterator[list[socket.socket]]:
    with connections(port, 8, request(STYLE) * 60):
        threading.Event().wait(1)
    yield []


def pages_that_nobody_reads(port: int, show: Show) -> AbstractContextManager:
    return connections(port, 8, request(f"/shows/{show.pk}/") * 2)


def open_maps_of_one_client(port: int, show: Show) -> AbstractContextManager:
    return connections(port, 300, request(f"/shows/{show.pk}/live/"))


ATTACKS: list[Attack] = [
    half_sent_posts,
    half_sent_bodies_in_chunks,
    bodies_of_a_byte_at_a_time,
    headers_of_a_byte_at_a_time,
    large_bodies_that_come_slowly,
    connections_that_say_nothing,
    downloads_that_nobody_reads,
    downloads_that_nobody_reads_and_whose_clients_leave,
    pages_that_nobody_reads,
    open_maps_of_one_client,
]
