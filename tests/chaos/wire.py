"""The HTTP client of a run: it records every request, and a broken connection counts as a response."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from html import unescape
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from random import Random
from string import ascii_letters
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from tests.chaos.history import BROKEN, Answer, History, Over, now

TIMEOUT = 30  # seconds
IDLE = 1.0  # seconds for which a connection is kept: less than checks.RECOVERY, for one that a fault has cut
WAIT = 0.3, 1.5  # seconds, after a request that could not be answered
LOCKED = "database is locked"
# What a response shows, by the words in it.
SEEN = {
    "locked": LOCKED,
    "unpayable": "can’t take payments",
    "unanswered": "payment service does not answer",
}


class Reply(NamedTuple):
    """A response; ``url`` is where it redirects to, ``to`` its path."""

    status: int
    to: str = ""
    text: str = ""
    url: str = ""

    def to_a(self, kind: str) -> str:
        """The code in the redirect's path “/kind/code/”; "" for any other."""
        parts = self.to.split("/")
        return parts[2] if len(parts) > 3 and parts[1] == kind else ""

    @property
    def data(self) -> dict[str, Any]:
        """The JSON object in the body, or {}."""
        try:
            data = json.loads(self.text)
        except ValueError:
            return {}
        return data if isinstance(data, dict) else {}


Reader = Callable[[Reply], Mapping[str, Any]]


class Line:
    """A client's connection and cookies. Not thread-safe."""

    def __init__(self, port: int, who: str, history: History, rng: Random) -> None:
        self.port, self.who, self.history, self.rng = port, who, history, rng
        self.connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        self.used = 0.0  # when there was an answer
        self.cookies: dict[str, str] = {}
        self.start_anew()

    def start_anew(self) -> None:
        """Become a new browser, without cookies."""
        self.cookies = {"csrftoken": "".join(self.rng.choices(ascii_letters, k=32))}

    def ask(
        self,
        what: str,
        path: str,
        fields: Mapping[str, object] | bytes | None = None,
        *,
        show: int = 0,
        headers: Mapping[str, str] | None = None,
        asked: Mapping[str, Any] | None = None,
        read: Reader = lambda reply: {},
        method: str = "",
    ) -> Reply:
        """Send a request and write down what ``read`` sees in the answer. After one that could not be given, wait.

        ``fields`` make it a post: of a form, or of bytes as they are; ``method`` says otherwise. Raises history.Over.
        """
        begin = self.history.begin()
        if begin - self.used > IDLE:
            self.connection.close()  # it is opened again
        try:
            reply = self._send(path, fields, headers or {}, method)
        except (OSError, HTTPException):
            self.connection.close()
            reply = Reply(BROKEN)
        end = self.used = now()
        saw = dict(read(reply)) if reply.status != BROKEN else {}
        saw |= {name: True for name, words in SEEN.items() if reply.status >= 500 and words in unescape(reply.text)}
        self.history.write(Answer(self.who, what, show, begin, end, reply.status, asked or {}, saw))
        if reply.status in (BROKEN, 503):
            time.sleep(self.rng.uniform(*WAIT))
        return reply

    def ask_twice(self, *arguments: Any, **more: Any) -> Reply:
        """Send the same request over two connections at once, like a double click; return the first response."""
        twin = Line(self.port, f"{self.who}, again", self.history, Random(self.rng.random()))
        twin.cookies = dict(self.cookies)
        try:
            return at_once(partial(self.ask, *arguments, **more), partial(twin.ask, *arguments, **more))
        finally:
            twin.connection.close()

    def _send(
        self, path: str, fields: Mapping[str, object] | bytes | None, headers: Mapping[str, str], method: str
    ) -> Reply:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        sent["X-CSRFToken"] = self.cookies["csrftoken"]
        body = fields if isinstance(fields, bytes) or fields is None else urlencode(fields, doseq=True)
        if isinstance(body, str):
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        method = method or ("GET" if body is None else "POST")
        self.connection.request(method, path, body, sent | dict(headers))
        response = self.connection.getresponse()
        text = response.read().decode(errors="replace")  # a picture is told by its beginning
        for header in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.coded_value for name, morsel in SimpleCookie(header).items()}
        to = response.headers.get("HX-Redirect") or response.headers.get("Location") or ""
        return Reply(response.status, urlsplit(to).path, text, to)


def at_once(first: Callable[[], Reply], second: Callable[[], Reply]) -> Reply:
    """Make two requests at the same time; return the response to the first."""
    other = threading.Thread(target=_quietly, args=[second])
    other.start()
    try:
        return first()
    finally:
        other.join()


def _quietly(request: Callable[[], Reply]) -> None:
    with suppress(Over):
        request()
