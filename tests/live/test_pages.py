"""Pages in a pool of threads that never wait for a client: live.pages."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from cinema.live import pages as module
from cinema.live.body import Body
from cinema.live.pages import Pages, environ
from cinema.live.refusals import NoThread, ServerEnds
from tests.live.watching import on_a_loop

NOTHING = Body(b"", 0)
SCOPE = {"method": "GET", "path": "/", "query_string": b"", "http_version": "1.1", "scheme": "http", "headers": []}
LARGE = b"x" * 1_000_000


class Client:
    """A client that requests a page, and reads the response while ``takes`` is set."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.takes, self.gone = asyncio.Event(), asyncio.Event()
        self.takes.set()

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    def asks(self, pages: Pages, **scope: Any) -> "asyncio.Task[None]":
        return asyncio.create_task(pages(SCOPE | scope, NOTHING, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if "body" in message:
            await self.takes.wait()
        self.messages.append(message)


def application(answer: Callable[[str], HttpResponse]) -> Callable[..., HttpResponse]:
    """A WSGI application that responds with ``answer(path)``."""

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> HttpResponse:
        response = answer(environ["PATH_INFO"])
        start_response(f"{response.status_code} …", list(response.items()))
        return response

    return respond


def play(scenario: Callable[[], Awaitable[None]]) -> None:
    async def soon() -> None:
        await asyncio.wait_for(scenario(), 10)

    on_a_loop(soon())


class Gate:
    """Pages that wait until the gate is opened. ``begun`` are their paths."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.open = threading.Event()

    def __call__(self, path: str) -> HttpResponse:
        self.begun.append(path)
        self.open.wait(10)
        return HttpResponse(path)


def test_a_page_is_sent_with_status_headers_and_body():
    async def scenario():
        client = Client()
        answer = HttpResponse(LARGE, status=404, headers={"X-Of": "ours"})
        await client.asks(Pages(application(lambda path: answer), 1))
        start = client.messages[0]
        assert (start["status"], dict(start["headers"])[b"x-of"], client.body) == (404, b"ours", LARGE)

    play(scenario)


@pytest.mark.parametrize("kind", [HttpResponse, lambda body: FileResponse([body])])
def test_a_client_that_does_not_read_its_page_blocks_no_thread(kind):
    async def scenario():
        pages = Pages(application(lambda path: kind(LARGE)), 1)
        slow, other = Client(), Client()
        slow.takes.clear()
        waiting = slow.asks(pages)
        await other.asks(pages)
        assert (other.body, waiting.done()) == (LARGE, False)
        waiting.cancel()

    play(scenario)


def test_at_most_as_many_pages_run_as_there_are_threads():
    async def scenario():
        gate = Gate()
        pages = Pages(application(gate), 2)
        asking = [Client().asks(pages, path=f"/{n}") for n in range(5)]
        await asyncio.sleep(0.2)
        assert gate.begun == ["/0", "/1"]
        gate.open.set()
        await asyncio.gather(*asking)
        assert len(gate.begun) == 5

    play(scenario)


def test_a_request_that_waits_too_long_for_a_thread_is_refused_unrun(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.1)

    async def scenario():
        gate = Gate()
        pages = Pages(application(gate), 1)
        first = Client().asks(pages, path="/first")
        with pytest.raises(NoThread):
            await Client().asks(pages, path="/second")
        gate.open.set()
        await first
        await asyncio.sleep(0.1)
        assert gate.begun == ["/first"]

    play(scenario)


def test_no_page_is_started_for_a_disconnected_client():
    async def scenario():
        gate, client = Gate(), Client()
        pages = Pages(application(gate), 1)
        first = Client().asks(pages, path="/first")
        second = client.asks(pages, path="/second")
        await asyncio.sleep(0.05)
        client.gone.set()
        with pytest.raises(NoThread):
            await second
        gate.open.set()
        await first
        assert gate.begun == ["/first"]

    play(scenario)


def test_a_started_page_is_finished_though_its_client_has_left():
    async def scenario():
        gate, client = Gate(), Client()
        asking = client.asks(Pages(application(gate), 1))
        await asyncio.sleep(0.05)
        client.gone.set()
        await asyncio.sleep(0.05)
        assert not asking.done()
        gate.open.set()
        await asking

    play(scenario)


def test_a_shutdown_is_reported_to_waiting_clients():
    async def scenario():
        gate = Gate()
        asking = Client().asks(Pages(application(gate), 1))
        await asyncio.sleep(0.05)
        asking.cancel()
        with pytest.raises(ServerEnds):
            await asking
        gate.open.set()

    play(scenario)


class Export:
    """An export in pieces. ``threads`` are those in which it was read."""

    def __init__(self, pieces: int, breaks: bool = False) -> None:
        self.pieces, self.breaks, self.read = pieces, breaks, 0
        self.threads: set[str] = set()
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        while self.read < self.pieces:
            self.read += 1
            self.threads.add(threading.current_thread().name)
            yield b"piece "
        if self.breaks:
            raise ConnectionError("The database is away.")

    def close(self) -> None:
        self.threads.add(threading.current_thread().name)
        self.closed = True

    def pages(self) -> Pages:
        return Pages(application(lambda path: StreamingHttpResponse(self) if path == "/" else HttpResponse("page")), 1)


def test_an_export_is_read_as_fast_as_its_client_and_blocks_no_page():
    async def scenario():
        export, slow, other = Export(1000), Client(), Client()
        pages = export.pages()
        exporting = slow.asks(pages)
        slow.takes.clear()
        await asyncio.sleep(0.2)
        await other.asks(pages, path="/other")
        assert (other.body, export.read < 3) == (b"page", True)
        slow.takes.set()
        await exporting
        assert (slow.body, export.closed) == (b"piece " * 1000, True)

    play(scenario)


def test_an_export_is_read_and_closed_in_one_thread_of_its_own():
    async def scenario():
        export = Export(3)
        await Client().asks(export.pages())
        [thread] = export.threads
        assert thread.startswith("export")

    play(scenario)


def test_an_export_whose_client_leaves_is_not_read_further():
    async def scenario():
        export, client = Export(1_000_000), Client()
        exporting = client.asks(export.pages())
        await asyncio.sleep(0.1)
        client.gone.set()
        await exporting
        assert (export.read < 1_000_000, export.closed) == (True, True)

    play(scenario)


def test_an_export_that_is_read_too_slowly_is_cut_off(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_EXPORT", 0.2)

    async def scenario():
        export, slow = Export(1000), Client()
        exporting = slow.asks(export.pages())
        slow.takes.clear()
        with pytest.raises(TimeoutError):
            await exporting
        assert export.closed

    play(scenario)


def test_an_interrupted_export_does_not_look_complete():
    async def scenario():
        export, client = Export(3, breaks=True), Client()
        with pytest.raises(ConnectionError):
            await client.asks(export.pages())
        assert all(message.get("more_body", True) for message in client.messages)
        assert export.closed

    play(scenario)


def test_only_a_few_exports_are_read_at_once():
    async def scenario():
        exports = [Export(5) for _ in range(4)]
        answers = {f"/{n}": export for n, export in enumerate(exports)}
        pages = Pages(application(lambda path: StreamingHttpResponse(answers[path])), 1)
        clients = [Client() for _ in exports]
        asking = [client.asks(pages, path=path) for client, path in zip(clients, answers, strict=True)]
        for client in clients:
            client.takes.clear()
        await asyncio.sleep(0.1)
        for client in clients:
            client.takes.set()
        await asyncio.gather(*asking)
        assert {client.body for client in clients} == {b"piece " * 5}

    play(scenario)


def test_if_all_threads_hang_the_log_names_the_place():
    async def scenario():
        gate = Gate()
        pages = Pages(application(gate), 2)
        asking = [Client().asks(pages)]
        await asyncio.sleep(0.3)
        assert not pages.hang(0.2)
        asking.append(Client().asks(pages))
        await asyncio.sleep(0.05)
        assert not pages.hang(0.2)
        await asyncio.sleep(0.3)
        assert pages.hang(0.2)
        assert any(place.startswith("tests.live.test_pages:") for places in pages.places() for place in places)
        gate.open.set()
        await asyncio.gather(*asking)
        time.sleep(0.3)
        assert not pages.hang(0.2)

    play(scenario)


def test_a_request_has_a_wsgi_environment():
    headers = [(b"host", b"cinema.example.org"), (b"content-type", b"text/plain"), (b"content-length", b"3")]
    scope = SCOPE | {"method": "POST", "path": "/ä", "client": ("203.0.113.7", 5000), "headers": headers}
    found = environ(scope, Body(b"abc", 3))

    assert found["PATH_INFO"].encode("latin-1").decode() == "/ä"
    assert (found["REMOTE_ADDR"], found["HTTP_HOST"]) == ("203.0.113.7", "cinema.example.org")
    assert (found["CONTENT_TYPE"], found["CONTENT_LENGTH"], found["wsgi.input"].read()) == ("text/plain", "3", b"abc")


def test_a_chunked_body_has_its_length():
    found = environ(SCOPE | {"headers": [(b"transfer-encoding", b"chunked")]}, Body(b"abc", 3))

    assert found["CONTENT_LENGTH"] == "3"
    assert "HTTP_TRANSFER_ENCODING" not in found


def test_a_header_with_an_underscore_is_dropped():
    headers = [(b"x-forwarded-for", b"203.0.113.7"), (b"x_forwarded_for", b"198.51.100.1")]

    assert environ(SCOPE | {"headers": headers}, NOTHING)["HTTP_X_FORWARDED_FOR"] == "203.0.113.7"


def test_repeated_headers_are_joined():
    headers = [(b"cookie", b"a=1"), (b"x-of", b"a"), (b"cookie", b"b=2"), (b"x-of", b"b")]
    found = environ(SCOPE | {"headers": headers}, NOTHING)

    assert (found["HTTP_COOKIE"], found["HTTP_X_OF"]) == ("a=1; b=2", "a,b")


def test_a_url_that_is_not_ascii_is_handled():
    assert environ(SCOPE | {"query_string": b"q=\xe4"}, NOTHING)["QUERY_STRING"] == "q=ä"
