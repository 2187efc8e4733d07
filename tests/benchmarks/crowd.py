"""Thousands of buyers at once, as one program with a socket for each."""

import re
import select
import socket
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
COOKIE = re.compile(r"set-cookie: *([^=]+=[^;]*)", re.IGNORECASE)
FIELD = r'name="{}" value="([^"]*)"'


class Request(NamedTuple):
    """A buyer's next request. ``what`` is its name in the figures."""

    what: str
    path: str
    fields: Mapping[str, object] | None = None
    live: bool = False  # as htmx asks


class Answer(NamedTuple):
    status: int
    head: str
    text: str

    @property
    def leads_to(self) -> str:
        """The path of the redirect; "" for none."""
        found = re.search(r"^(?:hx-redirect|location): (\S+)", self.head, re.IGNORECASE | re.MULTILINE)
        return urlsplit(found[1]).path if found else ""

    def values(self, field: str) -> list[str]:
        return re.findall(FIELD.format(field), self.text)


class Figure(NamedTuple):
    what: str
    status: int
    seconds: float


WAIT = Request("", "")  # for all the others
Buyer = Generator[Request, Answer, str]  # asks, is answered, and says in the end how it went


class _Line:
    """A buyer's connection and cookies."""

    def __init__(self, buyer: Buyer, port: int) -> None:
        self.buyer, self.port = buyer, port
        self.cookies: dict[str, str] = {}
        self.request = next(buyer)
        self.sent, self.data = 0.0, b""

    def open(self) -> int:
        """Connect, and return the number of the socket."""
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        return self.socket.fileno()

    def send(self) -> None:
        fields, headers = self.request.fields, [f"Host: 127.0.0.1:{self.port}"]
        body = "" if fields is None else urlencode({"csrfmiddlewaretoken": self.cookies["csrftoken"]} | fields, True)
        if self.cookies:
            headers.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if self.request.live:
            headers.append("HX-Request: true")
        if fields is not None:
            headers += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        method = "GET" if fields is None else "POST"
        text = "\r\n".join([f"{method} {self.request.path} HTTP/1.1", *headers, "", body])
        self.data, self.sent = b"", perf_counter()
        self.socket.sendall(text.encode())

    def receive(self) -> Answer | None:
        """The response once it is complete, else None."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError(f"No answer to {self.request.what}.")
        self.data += part
        head, found, body = self.data.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if not found or (length and len(body) < int(length[1])):
            return None
        text = head.decode("latin-1")
        self.cookies |= dict(cookie.split("=", 1) for cookie in COOKIE.findall(text))
        return Answer(int(text.split(" ", 2)[1]), text, body.decode())


def play(
    buyers: Iterable[Buyer], port: int, at_each_moment: Callable[[], object] = lambda: None
) -> tuple[list[str], list[Figure]]:
    """Start all buyers together; return the result of each, and a figure for every response.

    Buyers that yield WAIT continue when all others have ended or wait; responses before the first such moment are not
    in the figures.
    """
    figures, ends, waiting = _talk([_Line(buyer, port) for buyer in buyers])
    if waiting:
        figures.clear()
    while waiting:
        at_each_moment()
        for line in waiting:
            line.request = next(line.buyer)
        more, done, waiting = _talk(waiting)
        figures += more
        ends += done
    return ends, figures


def _talk(lines: Sequence[_Line]) -> tuple[list[Figure], list[str], list[_Line]]:
    """Run each buyer until it ends or waits; return the figures, the results, and the waiting buyers."""
    talking, poll = {line.open(): line for line in lines}, select.epoll()
    figures, ends, waiting = [], [], []
    for number, line in talking.items():
        poll.register(number, select.EPOLLIN)
        line.send()
    while talking:
        for number, _ in poll.poll():
            line = talking[number]
            answer = line.receive()
            if answer is None:
                continue
            figures.append(Figure(line.request.what, answer.status, perf_counter() - line.sent))
            try:
                line.request = line.buyer.send(answer)
            except StopIteration as end:
                ends.append(end.value)
                line.request = WAIT
            else:
                waiting += [line] if line.request is WAIT else []
            if line.request is WAIT:
                line.socket.close()
                del talking[number]
            else:
                line.send()
    poll.close()
    return figures, ends, waiting


def percentile(seconds: Sequence[float], percent: int) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
