"""A burst of connections is shared by the processes that listen to the same socket: live.loop."""

import asyncio
import errno
import socket
import threading
from collections.abc import Iterator

import pytest

from cinema.live import loop as loops
from cinema.live.loop import AT_ONCE, Loop


class Greeting(asyncio.Protocol):
    """Says hello to each client."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.write(b"hello")
        transport.close()


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=100) as found:
        yield found


def clients(listening: socket.socket, count: int) -> list[socket.socket]:
    return [socket.create_connection(listening.getsockname(), timeout=10) for _ in range(count)]


def on_loops(*scenarios) -> None:
    for scenario in scenarios:
        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(scenario)


def test_every_connection_of_a_burst_is_served(listening):
    waiting = clients(listening, 3 * AT_ONCE + 1)

    async def serve():
        server = await asyncio.get_running_loop().create_server(Greeting, sock=listening)
        heard = [await asyncio.to_thread(client.recv, 5) for client in waiting]
        server.close()
        assert heard == [b"hello"] * len(waiting)

    on_loops(serve())


def test_a_turn_takes_a_few_connections_and_leaves_the_others(listening):
    waiting = clients(listening, 2 * AT_ONCE + 1)

    async def one_turn():
        server = await asyncio.get_running_loop().create_server(Greeting, sock=listening)
        server.close()
        server._accept()
        await server.wait_closed()
        heard = [await asyncio.to_thread(client.recv, 5) for client in waiting[:AT_ONCE]]
        assert heard == [b"hello"] * AT_ONCE
        assert listening.accept()[1] == waiting[AT_ONCE].getsockname()

    on_loops(one_turn())


def test_a_process_with_much_to_do_leaves_connections_to_the_others(listening, monkeypatch):
    monkeypatch.setattr(loops, "LONGEST_WAIT", 60)
    done, accepting = threading.Event(), [threading.Event(), threading.Event()]

    async def serve(in_progress: int, accepts: threading.Event, made: list[int]):
        loop = asyncio.get_running_loop()
        loop.in_progress = lambda: in_progress
        server = await loop.create_server(lambda: made.append(1) or Greeting(), sock=listening)
        accepts.set()
        await asyncio.to_thread(done.wait, 30)
        server.close()

    busy, idle = [], []
    scenarios = [serve(10**6, accepting[0], busy), serve(0, accepting[1], idle)]
    threads = [threading.Thread(target=on_loops, args=[scenario]) for scenario in scenarios]
    for thread, accepts in zip(threads, accepting, strict=True):
        thread.start()
        assert accepts.wait(10)
    for client in clients(listening, 5 * AT_ONCE):
        assert client.recv(5) == b"hello"
    done.set()
    for thread in threads:
        thread.join()
    assert len(busy) <= AT_ONCE and len(busy) + len(idle) == 5 * AT_ONCE


def test_a_server_that_is_closed_accepts_no_more(listening):
    async def serve():
        server = await asyncio.get_running_loop().create_server(Greeting, sock=listening)
        server.close()
        [client] = clients(listening, 1)
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(client.recv, 5)

    on_loops(serve())


def test_with_too_many_open_files_it_accepts_again_after_a_pause(listening, monkeypatch):
    monkeypatch.setattr(loops, "PAUSE", 0.1)
    failures = [OSError(errno.EMFILE, "Too many open files")]

    class Exhausted:
        """The listening socket, whose first accept() fails."""

        def accept(self):
            if failures:
                raise failures.pop()
            return listening.accept()

        def __getattr__(self, name):
            return getattr(listening, name)

    async def serve():
        server = loops.Acceptor(asyncio.get_running_loop(), Exhausted(), Greeting)
        [client] = clients(listening, 1)
        assert await asyncio.to_thread(client.recv, 5) == b"hello"
        server.close()

    on_loops(serve())
    assert failures == []
