"""Answers that the event loop gives by itself, without a page's thread."""

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

# As every page has them: no middleware stands before these answers.
SECURITY = [(name.lower().encode(), value.encode()) for name, value in security_headers().items()]
NO_STORE = (b"cache-control", b"no-store")
RETRY = (b"retry-after", b"5")  # seconds
CLOSE = (b"connection", b"close")
PIECE = 64 * 1024  # bytes; a client has some seconds to take each, see cinema.live.connection
LINGER = 10.0  # seconds


async def answer(send: Send, status: int, headers: Iterable[Header], body: bytes = b"") -> None:
    """Send a whole answer. A large body goes in pieces, each when the client has taken most of the one before."""
    await send({"type": "http.response.start", "status": status, "headers": [*SECURITY, *headers]})
    await send_body(send, body)


async def send_body(send: Send, body: bytes) -> None:
    for start in range(0, len(body) - PIECE, PIECE):
        await send({"type": "http.response.body", "body": body[start : start + PIECE], "more_body": True})
    await send({"type": "http.response.body", "body": body[max(0, len(body) - 1) // PIECE * PIECE :]})


async def refuse(scope: Scope, send: Send, status: int, sentence: str) -> None:
    """Answer with a sentence, in JSON under /api/, and close the connection, from which nothing more is read."""
    if scope["path"].startswith("/api/"):
        kind, text = b"application/json", json.dumps({"error": sentence})
    else:
        kind, text = b"text/plain; charset=utf-8", f"{sentence}\n"
    body = text.encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode()), NO_STORE, CLOSE]
    await answer(send, status, [*headers, *([RETRY] if status in (429, 503) else [])], body)


def last(receive: Receive, send: Send) -> Send:
    """A ``send`` whose answer is the connection's last. After it, what the client still sends is read for a while and
    thrown away: were the connection closed at once, the client could not read the answer."""

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
