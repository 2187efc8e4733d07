"""Responses and refusals of the event loop without a page thread: live.application."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from cinema.live import answers, application, body
from cinema.live.channel import Watched
from cinema.live.hub import Hub
from cinema.live.limits import Limit
from cinema.live.pages import Pages
from cinema.web.middleware import LARGEST_BODY
from tests.factories import ShowFactory
from tests.live.serving import Line, serving

STYLE = "/static/css/cinema.css"


class Gate:
    """Pages that wait while the gate is closed. ``bodies`` are the request bodies they received."""

    def __init__(self) -> None:
        self.open, self.bodies, self.wsgi = threading.Event(), list[bytes](), application.wsgi
        self.open.set()

    @property
    def asked(self) -> int:
        return len(self.bodies)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.bodies.append(environ["wsgi.input"].getvalue())
        self.open.wait(10)
        return self.wsgi(environ, start_response)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def port(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(application, "pages", Pages(gate, 1))
    monkeypatch.setattr(application, "hub", Hub())
    with serving(application.application, lifespan="on") as port:
        yield port


def ask(path: str, *headers: str, method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def post(length: int, sent: bytes, path: str = "/tickets/") -> bytes:
    return ask(path, f"Content-Length: {length}", method="POST") + sent


def status(line: Line) -> int:
    return int(line.hears(b"\r\n").split()[1])


@pytest.fixture
def hanging(port: int, gate: Gate) -> Iterator[None]:
    """Keep the only page thread busy for the whole test."""
    gate.open.clear()
    line = Line(port, ask("/tickets/"))
    while not gate.asked:
        time.sleep(0.01)
    yield
    gate.open.set()
    line.close()


def test_the_liveness_probe_answers_while_all_threads_hang(port, hanging):
    assert Line(port, ask("/healthz")).hears(b"ok\n").startswith(b"HTTP/1.1 200")
    assert status(Line(port, ask("/healthz", method="HEAD"))) == 200


def test_static_files_are_sent_while_all_threads_hang(port, hanging):
    assert Line(port, ask(STYLE)).hears(b"{").startswith(b"HTTP/1.1 200")


def test_a_static_file_is_sent_whole_with_caching_headers(port):
    found = Line(port, ask(STYLE, "Connection: close")).all()
    head, _, content = found.partition(b"\r\n\r\n")

    assert content == (settings.BASE_DIR / "static/css/cinema.css").read_bytes()
    for header in (b"content-type: text/css", b"etag: ", b"cache-control: ", b"x-content-type-options: nosniff"):
        assert header in head


def test_a_static_file_that_a_browser_has_is_not_sent_again(port):
    head = Line(port, ask(STYLE, method="HEAD")).hears(b"\r\n\r\n")
    tag = head.partition(b"etag: ")[2].partition(b"\r\n")[0].decode()

    assert status(Line(port, ask(STYLE, f"If-None-Match: {tag}"))) == 304


def test_a_static_file_is_redirected_to_https_if_required(port, settings, gate):
    settings.SECURE_SSL_REDIRECT = True
    Line(port, ask(STYLE)).hears(b"\r\n")

    assert gate.asked == 1


def test_a_client_has_a_limited_number_of_concurrent_requests(port, hanging, monkeypatch):
    monkeypatch.setattr(application, "requests", Limit(each=2, all=0))
    waiting = [Line(port, ask("/tickets/")) for _ in range(2)]
    time.sleep(0.2)

    heard = Line(port, ask("/tickets/")).all()

    assert heard.startswith(b"HTTP/1.1 429")
    assert b"retry-after: 5" in heard
    assert b"Please try again in a few seconds." in heard
    assert status(Line(port, ask("/healthz"))) == 200
    for line in waiting:
        line.close()


def test_a_program_is_refused_in_json(port, hanging, monkeypatch):
    monkeypatch.setattr(application, "requests", Limit(each=1, all=1))
    with Limit.take(application.requests, "somebody"):
        heard = Line(port, ask("/api/movies/")).all()

    assert "Please try again" in json.loads(heard.partition(b"\r\n\r\n")[2])["error"]


def test_a_body_that_is_not_received_in_time_is_refused(port, gate, monkeypatch):
    monkeypatch.setattr(body, "GRACE", 0.2)

    heard = Line(port, post(100, b"reference=")).all()

    assert heard.startswith(b"HTTP/1.1 408")
    assert b"Nothing was changed" in heard
    assert gate.asked == 0


@pytest.mark.parametrize("framing", ["Content-Length: 100", "Transfer-Encoding: chunked"])
def test_a_body_that_is_cut_off_reaches_no_page(port, gate, framing):
    line = Line(port, ask("/tickets/", framing, method="POST") + b"5\r\nabcde")
    line.close()

    assert status(Line(port, ask("/tickets/"))) == 200
    assert gate.asked == 1


def test_half_sent_bodies_take_no_thread(port, gate):
    lines = [Line(port, post(100, b"reference=")) for _ in range(24)]

    assert status(Line(port, ask("/tickets/"))) == 200
    assert gate.asked == 1
    for line in lines:
        line.close()


def test_a_chunked_body_reaches_its_page(port, gate):
    chunked = ask("/tickets/", "Transfer-Encoding: chunked", method="POST")
    Line(port, chunked + b"5\r\nabcde\r\n0\r\n\r\n").hears(b"\r\n")

    assert gate.bodies == [b"abcde"]


@pytest.mark.parametrize("pieces", [0, 4])
def test_a_body_too_large_for_its_page_gets_the_error_page(port, gate, monkeypatch, pieces):
    monkeypatch.setattr(answers, "LINGER", 0.2)
    if pieces:
        sent = (
            ask("/tickets/", "Transfer-Encoding: chunked", method="POST") + (b"100000\r\n" + bytes(2**20) + b"\r\n") * 4
        )
    else:
        sent = post(LARGEST_BODY + 1, b"")

    heard = Line(port, sent).all()

    assert heard.startswith(b"HTTP/1.1 413")
    assert b"is larger than 3 MB" in heard
    assert b"connection: close" in heard


def test_a_client_that_still_sends_can_read_the_refusal(port):
    """If the connection were closed at once, the operating system would discard the response."""
    line = Line(port, post(5_000_000, b""))
    for _ in range(50):
        line.say(bytes(100_000))

    assert line.all().startswith(b"HTTP/1.1 413")


def test_only_a_few_large_bodies_are_read_at_once(port, monkeypatch):
    monkeypatch.setattr(application, "large_bodies", Limit(each=1, all=1))
    first = Line(port, post(200_000, bytes(100_000)))
    time.sleep(0.2)

    assert Line(port, post(200_000, bytes(100_000))).all().startswith(b"HTTP/1.1 503")
    first.say(bytes(100_000))
    assert status(first) == 403  # without a token
    assert status(Line(port, post(200_000, bytes(200_000)))) == 403


@pytest.mark.django_db(transaction=True)
def test_a_client_has_a_limited_number_of_open_maps(port, monkeypatch, gate):
    monkeypatch.setattr(application, "open_maps", Limit(each=1, all=0))
    show = ShowFactory()
    first = Line(port, ask(f"/shows/{show.pk}/live/"))
    first.hears(b"text/event-stream")

    heard = Line(port, ask(f"/shows/{show.pk}/live/", "Connection: close")).all()

    assert heard.startswith(b"HTTP/1.1 503")
    first.close()


@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/ar", "ar"), ("/it", None)])
def test_an_open_map_is_watched_in_the_language_of_its_page(prefix: str, language: str | None):
    scope = {"method": "GET", "path": f"{prefix}/shows/7/live/", "scheme": "https"}

    assert application._watched(scope) == (language and Watched(7, language))
