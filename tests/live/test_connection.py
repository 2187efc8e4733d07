"""Time limits on everything that a client can delay: live.connection."""

import asyncio
import logging
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from threading import Event

import pytest

from cinema.live import connection
from tests.live.serving import Line, serving, started

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGE = b"x" * 5_000_000  # more than the operating system buffers for a client that does not read


class Application:
    """Responds with ``body`` after reading the request. ``ended`` is set when it returns."""

    def __init__(self) -> None:
        self.body, self.headers = b"hello", []
        self.scopes: list[dict] = []
        self.ended = Event()
        self.go_on = Event()
        self.go_on.set()

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        try:
            while (message := await receive()).get("more_body"):
                pass
            await asyncio.to_thread(self.go_on.wait, 10)
            if message["type"] != "http.disconnect":
                length = (b"content-length", str(len(self.body)).encode())
                await send({"type": "http.response.start", "status": 200, "headers": [length, *self.headers]})
                for start in range(0, len(self.body), 65536):
                    piece = {"type": "http.response.body", "body": self.body[start : start + 65536]}
                    await send(piece | {"more_body": start + 65536 < len(self.body)})
        finally:
            self.ended.set()


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def port(application: Application) -> Iterator[int]:
    with serving(application) as port:
        yield port


def test_idle_connections_are_kept_longer_than_by_usual_proxies():
    assert connection.KEEP_ALIVE > 60


def test_a_connection_without_any_data_is_closed(port, monkeypatch):
    monkeypatch.setattr(connection, "HEAD", 0.2)

    assert Line(port).all() == b""


def test_headers_sent_byte_by_byte_have_a_time_limit(port, monkeypatch):
    monkeypatch.setattr(connection, "HEAD", 0.5)
    line = Line(port, GET)
    line.hears(b"hello")

    line.say(GET.rstrip())
    with pytest.raises(ConnectionError):
        for _ in range(50):
            line.say(b"x")
            time.sleep(0.1)


def test_blank_lines_instead_of_a_request_have_a_time_limit(port, monkeypatch):
    monkeypatch.setattr(connection, "HEAD", 0.5)
    line = Line(port, GET)
    line.hears(b"hello")

    with pytest.raises(ConnectionError):
        for _ in range(50):
            line.say(b"\r\n")
            time.sleep(0.1)


def test_a_used_connection_may_be_idle_and_be_used_again(port, monkeypatch):
    monkeypatch.setattr(connection, "HEAD", 0.2)
    line = Line(port, GET)
    line.hears(b"hello")

    time.sleep(0.6)
    line.say(GET)

    assert b"200 OK" in line.hears(b"hello")


def test_endless_headers_are_refused(port, application):
    line = Line(port, b"GET / HTTP/1.1\r\nX: ")
    with pytest.raises(ConnectionError):
        for _ in range(200):
            line.say(b"x" * 10_000)
            time.sleep(0.002)

    assert not application.scopes


@pytest.mark.parametrize("header", [b"X: %s\r\n" % (b"x" * 70_000), b"x:\r\n" * 101])
def test_headers_too_large_or_too_many_are_refused_at_once(port, application, header):
    assert Line(port, GET.replace(b"\r\n\r\n", b"\r\n%s\r\n" % header)).all().startswith(b"HTTP/1.1 400")
    assert Line(port, b"GET /%s HTTP/1.1\r\n\r\n" % (b"x" * 70_000)).all().startswith(b"HTTP/1.1 400")
    assert not application.scopes


def test_trailers_of_a_chunked_body_are_no_headers(port, application):
    line = Line(port, CHUNKED + b"1\r\na\r\n0\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n")
    line.hears(b"hello")

    assert b"x-forwarded-for" not in dict(application.scopes[0]["headers"])


def test_trailers_of_a_chunked_body_have_a_limit(port):
    line = Line(port, CHUNKED + b"1\r\na\r\n0\r\nX: ")

    with pytest.raises(ConnectionError):
        for _ in range(200):
            line.say(b"x" * 10_000)
            time.sleep(0.002)


@pytest.mark.parametrize("headers", [[], [(b"connection", b"close")]])
def test_a_response_that_is_not_read_is_aborted(port, application, monkeypatch, headers):
    monkeypatch.setattr(connection, "STALLED", 0.3)
    application.body, application.headers = LARGE, headers
    line = Line(port, GET)

    assert application.ended.wait(10)
    assert len(line.all()) < len(LARGE)


def test_a_short_response_that_is_not_read_is_aborted(application):
    """It is so short that the application does not wait for the client."""
    application.body = b"x" * 60_000

    class Narrow(connection.Connection):
        def connection_made(self, transport):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            super().connection_made(transport)

    with serving(application, http=Narrow, timeout_keep_alive=0.3) as port:
        line = Line(port, GET)
        assert application.ended.wait(10)
        time.sleep(1)
        assert len(line.all()) < len(application.body)


async def pushes(scope, receive, send):
    """A response of which most is pushed."""
    push = scope["extensions"][connection.PUSH]["push"]
    assert not push(b"too early")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    assert push(b"one") and push(b"two") and push(b"two")
    await send({"type": "http.response.body", "body": b"three"})
    assert not push(b"too late")


def test_pieces_that_are_pushed_arrive_whole_and_in_order():
    with serving(pushes) as port:
        client = HTTPConnection("127.0.0.1", port, timeout=10)
        client.request("GET", "/")
        assert client.getresponse().read() == b"onetwotwothree"
        client.close()


def test_nothing_is_pushed_to_a_client_that_does_not_read():
    outcomes, told = [], Event()

    async def application(scope, receive, send):
        push = scope["extensions"][connection.PUSH]["push"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        outcomes.extend(push(LARGE) for _ in range(3))
        told.set()
        await receive()
        await receive()  # the disconnect
        outcomes.append(push(b"nobody"))
        told.set()

    with serving(application) as port:
        line = Line(port, GET)
        assert told.wait(10)
        assert outcomes == [True, False, False]
        told.clear()
        line.close()
        assert told.wait(10)
        assert outcomes[3:] == [False]


def test_pipelined_requests_are_answered_in_order(port, application):
    line = Line(port, b"".join(GET.replace(b"/ ", b"/%d " % n, 1) for n in range(10)))
    heard = b""
    while heard.count(b"hello") < 10:
        heard += line.hears(b"hello")

    assert [scope["path"] for scope in application.scopes] == [f"/{n}" for n in range(10)]


def test_only_a_few_pipelined_requests_may_wait(port, application):
    application.go_on.clear()
    line = Line(port, GET * (connection.PIPELINED + 2))

    assert line.all().startswith(b"HTTP/1.1 400")
    application.go_on.set()
    assert len(application.scopes) == 1


def test_a_disconnect_ends_the_running_request_of_a_pipeline():
    asked, gone = Event(), Event()

    async def application(scope, receive, send):
        asked.set()
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()

    with serving(application) as port:
        line = Line(port, GET * 5)
        assert asked.wait(10)
        line.close()
        assert gone.wait(10)


def test_of_too_many_connections_the_longest_idle_one_is_closed(port, application, monkeypatch):
    monkeypatch.setattr(connection, "MOST", 3)
    busy, resting, other = Line(port), Line(port, GET), Line(port, GET)
    resting.hears(b"hello")
    other.hears(b"hello")
    application.go_on.clear()
    busy.say(GET)
    while len(application.scopes) < 3:
        time.sleep(0.01)

    newcomer = Line(port, GET)
    assert resting.all() == b""
    application.go_on.set()
    for line in (busy, newcomer):
        assert line.hears(b"hello")


def test_a_new_connection_is_refused_if_all_are_busy(port, application, monkeypatch):
    monkeypatch.setattr(connection, "MOST", 2)
    application.go_on.clear()
    busy = [Line(port, GET), Line(port, GET)]
    while len(application.scopes) < 2:
        time.sleep(0.01)

    assert Line(port).all() == b""
    application.go_on.set()
    for line in busy:
        assert line.hears(b"hello")


def test_an_upgrade_request_is_answered_without_a_log_line(port, caplog):
    with caplog.at_level(logging.INFO):
        line = Line(port, GET.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"))
        assert line.hears(b"hello")

    assert not [record for record in caplog.records if "pgrade" in record.getMessage()]


def test_a_shutdown_answers_running_and_arriving_requests(application):
    application.go_on.clear()
    server, thread = started(application)
    port = server.servers[0].sockets[0].getsockname()[1]
    under_way, coming = Line(port, GET), Line(port)
    while not application.scopes:
        time.sleep(0.01)

    server.should_exit = True
    time.sleep(0.3)
    coming.say(GET)
    application.go_on.set()

    for line in (under_way, coming):
        assert b"connection: close" in line.hears(b"hello")
    thread.join(connection.LAST_CHANCE + 3)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: 3, 3",
        "Content-Length: +3",
        "Content-Length: -3",
        "Content-Length: 3\r\n 4",
        "Content-Length : 3",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Content-Length: 99999999999999999999",
    ],
)
def test_a_request_with_ambiguous_length_is_refused(port, application, framing):
    heard = Line(port, f"POST / HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n0\r\n\r\n".encode() + GET).all()

    assert heard.startswith(b"HTTP/1.1 400")
    assert heard.count(b"HTTP/1.1") == 1
