"""One open seat map: an event stream over ASGI. Ten thousand of them are as many lines, and hardly more."""

import asyncio
from contextlib import suppress
from urllib.parse import parse_qs

from cinema.live.answers import NO_STORE, RETRY, SECURITY, Receive, Scope, Send, answer
from cinema.live.channel import Channel
from cinema.live.hub import SIGN_OF_LIFE, Hub

HEADERS = [
    *SECURITY,
    NO_STORE,
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # nginx passes it on at once
    (b"x-robots-tag", b"noindex"),
]


async def stream(hub: Hub, show_id: int, scope: Scope, receive: Receive, send: Send) -> int:
    """Send what changes at the show until the watcher leaves; return the status it was answered.

    204, after which a browser does not come again, for a show that is not on sale; 503 while the database is away.
    """
    status, channel = 503, None
    with suppress(Exception):  # logged where it happened, if not by the round: the database is away
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
    """Answer that nothing is streamed; after 503 the page asks from time to time instead."""
    await answer(send, status, [NO_STORE, *([RETRY] if status == 503 else [])])
    return status


async def _write(hub: Hub, channel: Channel, revision: int, send: Send) -> None:
    events, beats = SIGN_OF_LIFE, channel.beats
    while True:
        changed, ending = channel.changed, channel.ending
        fresh, revision = await hub.catch_up(channel, revision)
        if not fresh and beats != channel.beats:
            fresh = SIGN_OF_LIFE
        events, beats = events + fresh + ending, channel.beats
        if events:
            await send({"type": "http.response.body", "body": events, "more_body": not ending})
        if ending:
            return
        events = b""
        await changed.wait()


def _revision(scope: Scope) -> int:
    """The revision the watcher has: what it got last, or what its page showed; 0 for whatever makes no sense."""
    headers = dict(scope["headers"])
    given = headers.get(b"last-event-id", b"").decode("latin-1")
    if not given:
        with suppress(ValueError):
            given = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=8).get("since", [""])[0]
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
