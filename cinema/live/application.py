"""The ASGI application.

The event loop serves thousands of live seat maps, reads request bodies, sends responses and static files, and answers
the liveness probe. Django's WSGI application renders pages in a small pool of threads.
"""

import asyncio
from contextlib import ExitStack
from time import perf_counter

from cinema.wsgi import application as wsgi  # before all else: it sets Django up

# isort: split
from django.conf import settings

from cinema.jobs.scheduler import JobScheduler
from cinema.live.answers import NO_STORE, Receive, Scope, Send, answer, last, refuse
from cinema.live.body import read_body
from cinema.live.channel import Watched
from cinema.live.files import Files
from cinema.live.hub import Hub
from cinema.live.limits import Limit, most_connections
from cinema.live.pages import Pages
from cinema.live.refusals import Refusal, TooManyRequests
from cinema.live.stream import no_stream, stream
from cinema.observability import logs, metrics
from cinema.observability.request_log import log_response
from cinema.web.client_ip import client_of
from cinema.web.languages import find_view, language_of

pages = Pages(wsgi, settings.THREADS)
files = Files()
hub = Hub()
# An open map takes about 15 kB of memory and one connection; a quarter of the connections is left to pages.
open_maps = Limit(each=settings.REQUESTS_PER_ADDRESS, all=min(15_000, most_connections() * 3 // 4))
requests = Limit(each=settings.REQUESTS_PER_ADDRESS, all=2_000)
large_bodies = Limit(each=4, all=8)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(scope, receive, send)
        return
    started = perf_counter()
    if scope["path"] == "/healthz" and scope["method"] in ("GET", "HEAD"):
        headers = [(b"content-type", b"text/plain"), (b"content-length", b"3"), NO_STORE]
        await answer(send, 200, headers, b"ok\n")
        _log(scope, "healthz", 200, started)
    elif (watched := _watched(scope)) is not None:
        with open_maps.take(client_of(scope)) as room:
            status = await (stream(hub, watched, scope, receive, send) if room else no_stream(send, 503))
        log_response(_request_context(scope, "show-live"), status, perf_counter() - started)
    else:
        try:
            await _answer_page(scope, receive, send)
        except Refusal as refusal:
            await refuse(scope, send, refusal.status, str(refusal))
            _log(scope, "-", refusal.status, started)


async def _answer_page(scope: Scope, receive: Receive, send: Send) -> None:
    """Send a static file or a page. Raises Refusal if the request is rejected before a thread is taken."""
    client, started = client_of(scope), perf_counter()
    with ExitStack() as taken:
        if not taken.enter_context(requests.take(client)):
            raise TooManyRequests
        body = await read_body(scope, receive, has_room=lambda: taken.enter_context(large_bodies.take(client)))
        if not body.is_whole:
            receive, send = _never, last(receive, send)
        if file := files.find(scope) if _may_be_answered(scope) else None:
            status = await files.send(file, scope, send)
            _log(scope, "static", status, started)
        else:
            await pages(scope, body, receive, send)


async def _never() -> dict[str, object]:
    """Block for ever: ``last`` reads the rest of the body instead."""
    return await asyncio.Future()


async def _lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """Handle the ASGI lifespan: start and stop the job scheduler, and close the hub at the end."""
    await receive()
    scope.get("state", {})["end_streams"] = hub.end_streams  # called by cinema.live.connection
    scheduler = JobScheduler()
    scheduler.start()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    scheduler.stop()
    await hub.close()
    await send({"type": "lifespan.shutdown.complete"})


def _may_be_answered(scope: Scope) -> bool:
    """Whether the event loop may answer: a plain HTTP request that needs HTTPS is redirected by Django."""
    return scope["scheme"] == "https" or not settings.SECURE_SSL_REDIRECT


def _watched(scope: Scope) -> Watched | None:
    """The show whose live map is requested, and in which language; None for any other request."""
    if scope["method"] != "GET" or not scope["path"].endswith("/live/") or not _may_be_answered(scope):
        return None
    match = find_view(scope["path"])
    if not match or match.url_name != "show-live":
        return None
    return Watched(match.kwargs["pk"], language_of(scope["path"]))


def _log(scope: Scope, route: str, status: int, started: float) -> None:
    """Log and count a request that did not pass through the middleware."""
    seconds = perf_counter() - started
    metrics.answered(route, status, seconds)
    log_response(_request_context(scope, route), status, seconds)


def _request_context(scope: Scope, route: str) -> logs.RequestContext:
    return logs.RequestContext(logs.new_id(), scope["method"] if scope["method"] in logs.METHODS else "-", route)
