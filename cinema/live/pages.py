"""Pages: Django's WSGI application in a small pool of threads, none of which ever waits for a client.

A thread gets a request whose body has been read and returns a complete response; the event loop sends it. An export,
which may be too large for that, is read in pieces in a thread of its own, as fast as its client reads.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import Context, copy_context
from functools import partial
from io import BytesIO
from itertools import islice
from threading import get_ident
from time import monotonic
from types import FrameType
from typing import Any, NamedTuple, TypeVar

from django.db import connections
from django.http import FileResponse, HttpResponseBase

from cinema.live.answers import Header, Receive, Scope, Send, send_body
from cinema.live.body import Body
from cinema.live.refusals import NoThread, ServerEnds

LONGEST_WAIT = 30.0  # seconds for a free thread; nobody waits longer for a page
EXPORTS = 2  # at a time; further exports wait
LONGEST_EXPORT = 15 * 60.0  # seconds
FRAMES = 8  # logged of a thread that hangs
READ_ALREADY = (b"content-length", b"transfer-encoding")  # no longer true of a body that has been read

Environ = dict[str, Any]
R = TypeVar("R")


class PageResponse(NamedTuple):
    status: int
    headers: list[Header]
    body: bytes
    export: HttpResponseBase | None  # read later instead of ``body``


class Pages:
    """A pool of ``threads`` that run ``application``, each with a persistent database connection."""

    def __init__(self, application: Callable[..., Any], threads: int) -> None:
        self._application = application
        self._size = threads
        self._threads = ThreadPoolExecutor(threads, "page")
        self._exports = asyncio.Semaphore(EXPORTS)
        self._begun: dict[int, float] = {}  # start of each thread's current page, by the monotonic clock

    async def __call__(self, scope: Scope, body: Body, receive: Receive, send: Send) -> None:
        """Answer a request. Raises Refusal if nothing was sent."""
        context = copy_context()
        gone = asyncio.create_task(_until_gone(receive))
        try:
            found = await self._in_a_thread(partial(context.run, self._answer, environ(scope, body)), gone)
            await send({"type": "http.response.start", "status": found.status, "headers": found.headers})
            if found.export is None:
                await send_body(send, found.body)
            else:
                async with self._exports:
                    await _send_export(found.export, context, send, gone)
        finally:
            gone.cancel()

    def hang(self, seconds: float) -> bool:
        """Whether every thread has been busy with one page for longer than ``seconds``."""
        begun = list(self._begun.values())
        return len(begun) == self._size and monotonic() - max(begun) > seconds

    def places(self) -> list[list[str]]:
        """The call stack of each busy thread as “module:line”, innermost first."""
        frames = sys._current_frames()
        return [list(islice(_places(frames.get(thread)), FRAMES)) for thread in list(self._begun)]

    async def _in_a_thread(self, function: Callable[[], R], gone: "asyncio.Task[None]") -> R:
        begun = self._threads.submit(function)
        result = asyncio.wrap_future(begun)
        either: set[asyncio.Future[Any]] = {result, gone}
        try:
            await asyncio.wait(either, timeout=LONGEST_WAIT, return_when=asyncio.FIRST_COMPLETED)
            if begun.cancel():
                raise NoThread
            return await result
        except asyncio.CancelledError:
            raise ServerEnds from None

    def _answer(self, environ: Environ) -> PageResponse:
        started: list[Any] = []
        self._begun[get_ident()] = monotonic()
        try:
            response = self._application(environ, lambda *start: started.extend(start))
            status, headers = int(started[0].split()[0]), [_bytes(header) for header in started[1]]
            if response.streaming and not isinstance(response, FileResponse):
                return PageResponse(status, headers, b"", response)
            with closing(response):
                return PageResponse(status, headers, b"".join(response), None)
        finally:
            del self._begun[get_ident()]


def environ(scope: Scope, body: Body) -> Environ:
    """Return the request's WSGI environment, in which text is bytes decoded as Latin-1 (PEP 3333)."""
    server, client = scope.get("server") or ("localhost", 80), scope.get("client")
    found: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope.get("root_path", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 0),
        "REMOTE_ADDR": client[0] if client else "",
        "CONTENT_LENGTH": str(body.length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body.content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "asgi.scope": scope,
    }
    for name, value in scope["headers"]:
        # WSGI cannot distinguish “X_Forwarded_For” from “X-Forwarded-For”: headers with an underscore are dropped.
        if name not in READ_ALREADY and b"_" not in name:
            key = _key(name)
            between = "; " if key == "HTTP_COOKIE" else ","
            text = value.decode("latin-1")
            found[key] = f"{found[key]}{between}{text}" if key in found else text
    return found


def _key(name: bytes) -> str:
    key = name.decode("latin-1").upper().replace("-", "_")
    return key if key == "CONTENT_TYPE" else f"HTTP_{key}"


def _bytes(header: tuple[str, str]) -> Header:
    name, value = header
    return name.lower().encode("latin-1"), value.encode("latin-1")


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_export(export: HttpResponseBase, context: Context, send: Send, gone: "asyncio.Task[None]") -> None:
    """Send an export while it is read; one thread reads all pieces, since it owns the database cursor."""
    loop, thread, pieces = asyncio.get_running_loop(), ThreadPoolExecutor(1, "export"), iter(export)

    def call(function: Callable[..., R], *arguments: Any) -> "asyncio.Future[R]":
        return loop.run_in_executor(thread, partial(context.run, function, *arguments))

    try:
        async with asyncio.timeout(LONGEST_EXPORT):
            while not gone.done() and (piece := await call(next, pieces, None)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})
    finally:
        await call(_close, export)
        thread.shutdown(wait=False)


def _close(export: HttpResponseBase) -> None:
    export.close()
    connections.close_all()


def _places(frame: FrameType | None) -> Iterator[str]:
    while frame:
        yield f"{frame.f_globals.get('__name__')}:{frame.f_lineno}"
        frame = frame.f_back
