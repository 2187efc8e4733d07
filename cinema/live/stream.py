"""The event stream of one open seat map, over ASGI. Each needs a connection and little else: 10,000 are usual."""

import asyncio
from contextlib import suppress
from urllib.parse import parse_qs

from cinema.live.answers import NO_STORE, RETRY, SECURITY, Receive, Scope, Send, answer
from cinema.live.channel import Channel
from cinema.live.hub import HEARTBEAT, Hub

HEADERS = [
    *SECURITY,
    NO_STORE,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # nginx passes it on at once
    (b"x-robots-tag", b"noindex"),
]


async def stream(hub: Hub, show_id: int, scope: Scope, receive: Receive, send: Send) -> int:
    """Send the show's changes until the client disconnects; return the response's status.

    204, after which browsers do not reconnect, for a show that is not on sale; 503 while the database is away.
    """
    status, channel = 503, None
    with suppress(Exception):  # the database is away, which the hub logs
        channel, status = await hub.channel(show_id), 204
    if channel is None:
        return await no_stream(send, status)
    with hub.watching(channel):
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        writer = asyncio.create_task(_write(hub, channel, _revision(scope), send))
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


async def _write(hub: Hub, channel: Channel, revision: int, send: Send) -> None:
    events, heartbeats = HEARTBEAT, channel.heartbeats
    while True:
        changed, ending = channel.changed, channel.ending
        fresh, revision = await hub.catch_up(channel, revision)
        if not fresh and heartbeats != channel.heartbeats:
            fresh = HEARTBEAT
        events, heartbeats = events + fresh + ending, channel.heartbeats
        if events:
            await send({"type": "http.response.body", "body": events, "more_body": not ending})
        if ending:
            return
        events = b""
        await changed.wait()


def _revision(scope: Scope) -> int:
    """The client's revision: that of the last event it received, or of its page; 0 if missing or invalid."""
    headers = dict(scope["headers"])
    given = headers.get(b"last-event-id", b"").decode("latin-1")
    if not given:
        with suppress(ValueError):
            given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=8).get("since", [""])[0]
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
