"""What a page costs apart from time: SQL statements and bytes."""

import re
import secrets
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import NamedTuple
from unittest.mock import patch

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cinema.gateways import sandbox
from cinema.models import Hold, SandboxCharge
from tests.benchmarks.clients import CONTACT, TIMEOUT, booking
from tests.benchmarks.sides import Stock
from tests.benchmarks.stage import Stage

ASSET = re.compile(r'(?:href|src)="([^"]+\.(?:css|js))"')
JOURNEY = ["/", "/movies/the-film-0/"]  # and a show


class Statements(NamedTuple):
    """The number of SQL statements of a request; BEGIN and COMMIT are counted apart, as ``around``."""

    request: str
    count: int
    around: int
    aim: int | None


class Weight(NamedTuple):
    what: str
    bytes: int
    aim: int | None


def statements(stage: Stage | Stock, token: str) -> Iterator[Statements]:
    """Count the statements of the requests of a purchase, in their order, and of a booking in one step."""
    pair, other = stage.take(2)
    show = f"/shows/{pair.show_id}/"
    client = Client(headers={"host": "127.0.0.1"})

    client.get("/")  # reads what a process keeps: appearances, legal texts, seasons
    yield _count("browse", 8, lambda: client.get("/"))
    yield _count("a film", None, lambda: client.get(JOURNEY[1]))
    yield _count("seat map", 6, lambda: client.get(show))
    yield _count("hold", 9, lambda: client.post(f"{show}hold/", {"seats": pair.seats}))
    hold = Hold.objects.filter(show=pair.show_id).latest("pk")
    now = hold.show.revision
    yield _count("unchanged live poll", 1, lambda: client.get(f"{show}seats/?since={now}"))
    yield _count("changed live poll", None, lambda: client.get(f"{show}seats/?since={now - 1}"))
    checkout = hold.get_absolute_url()
    yield _count("checkout page", None, lambda: client.get(checkout))
    order = CONTACT | {"key": secrets.token_urlsafe(16), "total": sum(seat.price for seat in hold.seats.all())}
    yield _count("pay (checkout posted)", 12, lambda: client.post(checkout, order))
    charge = SandboxCharge.objects.latest("pk")
    with patch.object(sandbox, "send_webhook"):
        client.post(f"/sandbox/{charge.reference}/", {"decision": "pay"})
    charge.refresh_from_db()
    yield _count("confirm (back from the gateway)", 12, lambda: client.get(charge.return_path))
    body, headers = sandbox.webhook(charge)
    send = {"data": body, "content_type": "application/json", "headers": headers}
    yield _count("webhook, repeated", 12, lambda: client.post("/payments/webhook/sandbox/", **send))
    ticket = hold.tickets.get().get_absolute_url()
    yield _count("ticket", None, lambda: client.get(ticket))

    body, headers = booking(other, token)
    send = {"data": body, "content_type": headers.pop("Content-Type"), "headers": headers}
    yield _count("POST /api/book/", None, lambda: client.post("/api/book/", **send))


def weights(port: int, stage: Stage) -> Iterator[Weight]:
    """Weigh a first visit of a browser that accepts gzip (pages) and brotli (files)."""
    show = f"/shows/{stage.open_shows[0].pk}/"
    yield Weight("seat map of 300 seats, HTML, gzip", len(_fetch(port, show, "gzip")), 25_000)
    files = {name for path in [*JOURNEY, show] for name in ASSET.findall(_fetch(port, path, "identity").decode())}
    yield Weight(f"all CSS and JS, {len(files)} files, brotli", sum(len(_fetch(port, f, "br")) for f in files), 110_000)
    yield Weight(f"all CSS and JS, {len(files)} files, gzip", sum(len(_fetch(port, f, "gzip")) for f in files), 110_000)


def _count(request: str, aim: int | None, send: Callable[[], HttpResponse]) -> Statements:
    with CaptureQueriesContext(connection) as captured:
        response = send()
    if response.status_code >= 400:
        raise RuntimeError(f"{request} was answered with {response.status_code}: {response.content[:500]!r}")
    around = sum(query["sql"] in ("BEGIN", "COMMIT") for query in captured.captured_queries)
    return Statements(request, len(captured) - around, around, aim)


def _fetch(port: int, path: str, encoding: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": encoding})
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} was answered with {response.status}")
    return content
