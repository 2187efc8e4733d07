"""Responses that the event loop sends itself, without a page thread."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from cinema.web.headers import security_headers

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

# The headers that middleware adds to pages: no middleware sees these responses.
SECURITY = [(name.lower().encode(), value.encode()) for name, value in security_headers().items()]
NO_STORE = (b"cache-control", b"no-store")
RETRY = (b"retry-after", b"5")  # seconds
CLOSE = (b"connection", b"close")
PIECE = 64 * 1024  # bytes; a client has some seconds to take each, see cinema.live.connection
LINGER = 10.0  # seconds


async def answer(send: Send, status: int, headers: Iterable[Header], body: bytes = b"") -> None:
    """Send a complete response. A large body is sent in pieces, each when the client has read most of the last."""
    await send({"type": "http.response.start", "status": status, "headers": [*SECURITY, *headers]})
    await send_body(send, body)


async def send_body(send: Send, body: bytes) -> None:
    for start in range(0, len(body) - PIECE, PIECE):
        await send({"type": "http.response.body", "body": body[start : start + PIECE], "more_body": True})
    await send({"type": "http.response.body", "body": body[max(0, len(body) - 1) // PIECE * PIECE :]})


async def refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    """Send an error response with ``sentence`` (JSON under /api/, else plain text) and close the connection."""
    if scope["path"].startswith("/api/"):
        kind, text = b"application/json", json.dumps({"error": sentence})
    else:
        kind, text = b"text/plain; charset=utf-8", f"{sentence}\n"
    body = text.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), NO_STORE, CLOSE]
    await answer(send, status, [*headers, *([RETRY] if status in (429, 503) else [])], body)


def last(receive: Receive, send: Send) -> Send:
    """Wrap ``send`` so that its response is the connection's last.

    What the client still sends is then read and discarded for up to LINGER seconds: if the connection were closed at
    once, the client could not read the response.
    """

    async def send_last(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = message | {"headers": [*message["headers"], CLOSE]}
        elif not message.get("more_body"):
            await send(message | {"more_body": True})
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER):
                    while (await receive()).get("more_body"):
                        pass
            message = {"type": "http.response.body"}
        await send(message)

    return send_last
