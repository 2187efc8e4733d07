"""ASGI entry point: ``gunicorn cinema.asgi -k cinema.live.worker.Worker``.

Open seat maps hang on the event loop, thousands of them; every page is answered by Django's WSGI application in one of
a few threads, each with a database connection that it keeps.
"""

from time import perf_counter
from typing import Any

from cinema.wsgi import application as pages  # before all else: it sets Django up

# isort: split
from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.urls import Resolver404, resolve

from cinema import logs
from cinema.live.housekeeper import Housekeeper
from cinema.live.hub import Hub
from cinema.live.stream import Receive, Scope, Send, stream
from cinema.watch import note_answer

in_threads: Any = WSGIMiddleware(pages, workers=settings.THREADS)
hub = Hub()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif (show_id := _watched_show(scope)) is None:
        await in_threads(scope, receive, send)
    else:
        started = perf_counter()
        status = await stream(hub, show_id, scope, receive, send)
        note_answer(logs.Asked(logs.new_id(), "GET", "show-live"), status, perf_counter() - started)


async def _live(receive: Receive, send: Send) -> None:
    """From the server's start to its end."""
    await receive()
    housekeeper = Housekeeper()
    housekeeper.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    housekeeper.stop()
    await hub.close()
    await send({"type": "lifespan.shutdown.complete"})


def _watched_show(scope: Scope) -> int | None:
    """The key of the show whose open map this is; None for anything else, and for what must come by HTTPS."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].endswith("/live/"):
        return None
    if settings.SECURE_SSL_REDIRECT and scope["scheme"] != "https":
        return None
    try:
        match = resolve(scope["path"])
    except Resolver404:
        return None
    return match.kwargs["pk"] if match.url_name == "show-live" else None
