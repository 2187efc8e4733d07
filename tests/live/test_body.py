"""A request body is read completely and within limits, or the request is refused: live.body."""

import asyncio
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.urls import reverse

from cinema.live import body
from cinema.live.body import Body, read_body
from cinema.live.refusals import BodyCutOff, BodyTooSlow, NoRoom, ServerEnds
from cinema.web.middleware import LARGEST_BODY
from tests.live.watching import on_a_loop

GONE = {"type": "http.disconnect"}
LENGTH, CHUNKED = "content-length", (b"transfer-encoding", b"chunked")


class Client:
    """A client that sends ``pieces`` with pauses, and then nothing or the end."""

    def __init__(self, *pieces: bytes, ends: bool = True, pause: float = 0) -> None:
        last = len(pieces) - ends
        self.messages = [{"type": "http.request", "body": p, "more_body": n != last} for n, p in enumerate(pieces)]
        self.pause, self.received = pause, 0

    async def receive(self) -> dict:
        await asyncio.sleep(self.pause)
        self.received += 1
        return self.messages.pop(0) if self.messages else GONE


def read(client: Client, *headers: tuple[bytes, bytes], path: str = "/tickets/", room: bool = True) -> Body:
    scope, found = {"path": path, "headers": headers}, []

    async def scenario() -> None:
        found.append(await read_body(scope, client.receive, lambda: room))

    on_a_loop(scenario())
    return found[0]


def of_length(length: int) -> tuple[bytes, bytes]:
    return b"content-length", str(length).encode()


def test_a_body_is_read_completely():
    found = read(Client(b"seats=1", b"&seats=2"), of_length(15))

    assert (found.content, found.length, found.is_whole) == (b"seats=1&seats=2", 15, True)


def test_a_chunked_body_without_a_length_is_read_completely():
    found = read(Client(b"seats=1", b"", b"&seats=2"), CHUNKED)

    assert (found.content, found.length) == (b"seats=1&seats=2", 15)


def test_a_request_without_a_body_does_not_wait():
    for headers in ([], [of_length(0)]):
        client = Client()
        assert read(client, *headers) == Body(b"", 0)
        assert client.received == 0


@pytest.mark.parametrize("header", [of_length(100), CHUNKED])
def test_a_body_that_is_cut_off_is_refused(header):
    with pytest.raises(BodyCutOff):
        read(Client(b"seats=1", ends=False), header)


@pytest.mark.parametrize("header", [of_length(100), CHUNKED])
def test_a_body_sent_byte_by_byte_is_refused_in_time(header, monkeypatch):
    monkeypatch.setattr(body, "GRACE", 0.2)
    client = Client(*[b"x"] * 100, pause=0.05)

    with pytest.raises(BodyTooSlow):
        read(client, header)
    assert client.received < 6


def test_a_large_body_sent_steadily_has_more_time(monkeypatch):
    monkeypatch.setattr(body, "GRACE", 0.2)

    found = read(Client(*[bytes(10_000)] * 20, pause=0.05), of_length(200_000))

    assert found.is_whole


def test_a_body_with_a_declared_length_too_large_is_not_read():
    client = Client(b"x")
    found = read(client, of_length(LARGEST_BODY + 1))

    assert (found.content, found.length, found.is_whole) == (b"", LARGEST_BODY + 1, False)
    assert client.received == 0


def test_a_chunked_body_too_large_for_its_page_is_not_read_further():
    client = Client(*[bytes(1024**2)] * 10)
    found = read(client, CHUNKED)

    assert (found.content, found.is_whole) == (b"", False)
    assert LARGEST_BODY < found.length <= client.received * 1024**2 == 4 * 1024**2


def test_an_upload_page_accepts_larger_bodies():
    client = Client(*[bytes(1024**2)] * 5)

    assert read(client, of_length(5 * 1024**2), path=reverse("staff-films-import")).is_whole


def test_a_body_for_a_page_in_another_language_is_read_alike():
    found = read(Client(b"seats=1&seats=2"), of_length(15), path="/de/tickets/")

    assert (found.content, found.is_whole) == (b"seats=1&seats=2", True)


def test_a_body_for_an_unknown_url_is_not_read():
    client = Client(b"x")

    assert not read(client, of_length(1), path="/wp-login.php").is_whole
    assert client.received == 0


@pytest.mark.parametrize(
    ("size", "expected"), [(64 * 1024, nullcontext()), (64 * 1024 + 1, pytest.raises(NoRoom))], ids=["small", "large"]
)
def test_has_room_is_called_for_large_bodies_only(size: int, expected: AbstractContextManager):
    with expected:
        read(Client(bytes(size)), of_length(size), room=False)


def test_a_shutdown_is_reported_to_a_client_that_still_sends():
    async def scenario() -> None:
        client = Client(b"x", pause=60)
        reading = asyncio.create_task(read_body({"path": "/", "headers": [of_length(9)]}, client.receive, bool))
        await asyncio.sleep(0.05)
        reading.cancel()
        with pytest.raises(ServerEnds):
            await reading

    on_a_loop(scenario())
