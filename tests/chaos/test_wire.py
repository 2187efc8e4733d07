"""The clients of a run: when they keep their connection."""

import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

import pytest

from tests.chaos.checks import RECOVERY
from tests.chaos.history import History
from tests.chaos.wire import IDLE, Line


class Handler(BaseHTTPRequestHandler):
    """Answers 200 as long as somebody asks."""

    protocol_version = "HTTP/1.1"
    connections = 0

    def setup(self) -> None:
        type(self).connections += 1
        super().setup()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    monkeypatch.setattr(Handler, "connections", 0)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("idle", "connections"), [(0.0, 1), (IDLE, 2)])
def test_a_connection_is_kept_for_less_time_than_a_fault_excuses(port, monkeypatch, idle, connections):
    """It may have been cut meanwhile: then the next request breaks off, long after the fault."""
    clock = [1000.0]
    for module in ("wire", "history"):
        monkeypatch.setattr(f"tests.chaos.{module}.now", lambda: clock[0])
    line = Line(port, "somebody", History(9), Random(1))

    with closing(line.connection):
        for pause in (idle + 0.1, 0):
            assert line.ask("map", "/").status == 200
            clock[0] += pause

    assert (Handler.connections, IDLE < RECOVERY) == (connections, True)
