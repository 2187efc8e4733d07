"""A payment provider's server for tests: real HTTP on a port of its own, which can be slow, busy or broken."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """A request as the provider sees it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """An answer; a dictionary is sent as JSON, text as HTML."""

    status: int
    content: dict[str, Any] | str
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An answer that ends a request."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply


class FakeServer:
    """A provider. ``trouble`` is what happens to the next requests instead of an answer, one after the other: a status,
    or seconds for which nothing is said. ``requests`` are those that were answered."""

    def __init__(self) -> None:
        self.trouble: list[int | float] = []
        self.requests: list[Request] = []
        self.lock = threading.RLock()
        self.url = ""

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def trouble_for(self, request: Request) -> int | float | None:
        """What happens to this request instead of an answer."""
        return self.trouble.pop(0) if self.trouble else None

    def failure(self, status: int, request: Request) -> Reply:
        """The provider's answer when it cannot."""
        raise NotImplementedError

    @contextmanager
    def running(self) -> Iterator[None]:
        server = _Server(("127.0.0.1", 0), _handler(self._handle))
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def _handle(self, request: Request) -> Reply:
        trouble = self.trouble_for(request)
        if isinstance(trouble, float):
            time.sleep(trouble)
        elif trouble is not None and trouble // 100 == 3:
            return Reply(trouble, {}, {"Location": f"{self.url}/elsewhere"})
        elif trouble is not None:
            return self.failure(trouble, request)
        with self.lock:
            self.requests.append(request)
            try:
                return self.answer(request)
            except Refusal as refusal:
                return refusal.reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # who asked is gone
            super().handle_error(request, client_address)


def _handler(handle: Callable[[Request], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            reply = handle(Request(self.command, url.path, query, self.headers, body))
            is_page = isinstance(reply.content, str)
            content = reply.content.encode() if isinstance(reply.content, str) else json.dumps(reply.content).encode()
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", "text/html; charset=utf-8" if is_page else "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
            except OSError:  # who asked has not waited
                self.close_connection = True

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
