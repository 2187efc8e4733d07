"""The event stream of one open seat map, over ASGI. Each needs a connection and little else: 10,000 are usual."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import parse_qs

from cinema.live.answers import NO_STORE, RETRY, SECURITY, Receive, Scope, Send, answer
from cinema.live.channel import HEARTBEAT, Channel, Follower, Watched
from cinema.live.connection import PUSH
from cinema.live.hub import Hub

HEADERS = [
    *SECURITY,
    NO_STORE,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # nginx passes it on at once
    (b"x-robots-tag", b"noindex"),
]


async def stream(hub: Hub, watched: Watched, scope: Scope, receive: Receive, send: Send) -> int:
    """Send the show's changes until the client disconnects; return the response's status.

    204, after which browsers do not reconnect, for a show that is not on sale; 503 while the database is away.
    """
    status, channel = 503, None
    with suppress(Exception):  # the database is away, which the hub logs
        channel, status = await hub.channel(watched), 204
    if channel is None:
        return await no_stream(send, status)
    with hub.watching(channel):
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        follower = Follower(_revision(scope), _push_of(scope))
        writer = asyncio.create_task(_write(hub, channel, follower, send))
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            writer.cancel()
    return 200


async def no_stream(send: Send, status: int) -> int:
    """Send an empty response with ``status``; after 503 the page polls instead."""
    await answer(send, status, [NO_STORE, *([RETRY] if status == 503 else [])])
    return status


async def _write(hub: Hub, channel: Channel, follower: Follower, send: Send) -> None:
    """Send what the client has not got yet, then let the channel push the rest, and again whenever that ends."""
    events, heartbeats = HEARTBEAT, channel.heartbeats
    while True:
        moment, ending = channel.moment, channel.ending
        fresh, follower.revision = await hub.catch_up(channel, follower.revision)
        if not fresh and heartbeats != channel.heartbeats:
            fresh = HEARTBEAT
        events, heartbeats = events + fresh + ending, channel.heartbeats
        if events:
            await send({"type": "http.response.body", "body": events, "more_body": not ending})
        if ending:
            return
        events = b""
        await channel.follow(follower, moment)


def _push_of(scope: Scope) -> Callable[[bytes], bool]:
    """What sends a piece to the client at once, if the server offers it: see live.connection."""
    push: Callable[[bytes], bool] = scope.get("extensions", {}).get(PUSH, {}).get("push", _not_at_once)
    return push


def _not_at_once(_piece: bytes) -> bool:
    """A server that cannot push: every update is awaited."""
    return False


def _revision(scope: Scope) -> int:
    """The client's revision: that of the last event it received, or of its page; 0 if missing or invalid."""
    headers = dict(scope["headers"])
    given = headers.get(b"last-event-id", b"").decode("latin-1")
    if not given:
        with suppress(ValueError):
            given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=8).get("since", [""])[0]
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
