"""Reading of complete request bodies on the event loop, before a page thread is taken."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from cinema.live.answers import Receive, Scope
from cinema.live.refusals import BodyCutOff, BodyTooSlow, NoRoom, ServerEnds
from cinema.web.languages import find_view
from cinema.web.middleware import largest_body

GRACE = 20.0  # seconds for any body, and one more for each SLOWEST bytes of it
SLOWEST = 20_000
SMALL = 64 * 1024  # bytes; only a few larger bodies are read at a time


class Body(NamedTuple):
    """A request's body. Of one that is larger than its page allows only the length is kept; Django answers 413."""

    content: bytes
    length: int

    @property
    def is_whole(self) -> bool:
        return len(self.content) == self.length


async def read_body(scope: Scope, receive: Receive, has_room: Callable[[], bool]) -> Body:
    """Return the complete body, also of a chunked request. Raises Refusal.

    ``has_room`` is called once when the body turns out to be large.
    """
    headers = dict(scope["headers"])
    length = int(headers.get(b"content-length", 0))
    if not length and b"transfer-encoding" not in headers:
        return Body(b"", 0)
    match = find_view(scope["path"])
    most = largest_body(match.func) if match else 0
    if length > most:
        return Body(b"", length)
    content, more = bytearray(), True
    until, is_small = asyncio.get_running_loop().time() + GRACE, True
    while more:
        piece, more = await _receive(receive, until + len(content) / SLOWEST)
        content += piece
        if len(content) > most:
            return Body(b"", len(content))
        if is_small and len(content) > SMALL:
            is_small = False
            if not has_room():
                raise NoRoom
    return Body(bytes(content), len(content))


async def _receive(receive: Receive, until: float) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout_at(until):
            message = await receive()
    except TimeoutError:
        raise BodyTooSlow from None
    except asyncio.CancelledError:
        raise ServerEnds from None
    if message["type"] == "http.disconnect":
        raise BodyCutOff
    return message.get("body", b""), message.get("more_body", False)
