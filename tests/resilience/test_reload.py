"""Reloading or terminating the server while people book; and replacing one that no longer responds."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count
from threading import Event

import pytest

from cinema.models import Show
from tests.benchmarks.clients import buyer
from tests.benchmarks.server import ROOT, Server, free_port
from tests.benchmarks.stage import Pair
from tests.factories import ShowFactory
from tests.resilience.site import AS_IN_PRODUCTION, Site, as_documented, eventually
from tests.resilience.strangers import connections, request
from tests.test_settings import CLEAN, PRODUCTION

pytestmark = [pytest.mark.site, pytest.mark.only("postgresql")]  # one will do: it has no part in this

SLOW = "--config python:tests.resilience.slowness"


@pytest.fixture
def show(site: Site) -> Show:
    return ShowFactory(screen__rows=10, screen__columns=40)


def get(server: Server, path: str, timeout: float = 60) -> int:
    """The status of the answer."""
    line = HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        line.request("GET", path)
        response = line.getresponse()
        response.read()
        return response.status
    finally:
        line.close()


@pytest.mark.nightly
def test_whoever_books_while_the_server_begins_anew_notices_nothing(site, show, in_full):
    seats = list(show.seats.order_by("pk").values_list("pk", flat=True))
    number, enough, outcomes = count(), Event(), []

    def keep_booking(port: int) -> None:
        while not enough.is_set():
            n = 2 * next(number)
            outcomes.append(buyer(port)(Pair(show.pk, tuple(seats[n : n + 2]), 0)))

    options = {"command": as_documented(workers=2), **AS_IN_PRODUCTION}
    reloads = (4, 8, 12) if in_full else (4,)  # after so many bookings
    with site.serve(**options) as server, ThreadPoolExecutor(4) as people:
        booking = [people.submit(keep_booking, server.port) for _ in range(4)]
        for most in reloads:
            eventually(lambda most=most: len(outcomes) < most)
            os.kill(server.pid, signal.SIGHUP)
        eventually(lambda: len(outcomes) < reloads[-1] + 4)
        enough.set()
        for each in booking:
            each.result()

    assert set(outcomes) == {"booked"}


@pytest.mark.nightly
def test_a_terminating_server_still_answers_a_slow_page(site):
    with site.serve(SLOW, command="--workers 1") as server, ThreadPoolExecutor() as meanwhile:
        answer = meanwhile.submit(get, server, "/tickets/?seconds=6")
        time.sleep(0.5)
        os.kill(server.pid, signal.SIGHUP)
        assert answer.result() == 200


@pytest.mark.parametrize("sign", [pytest.param(signal.SIGHUP, marks=pytest.mark.nightly), signal.SIGTERM])
def test_open_maps_end_at_once_and_cleanly_when_the_server_terminates(site, show, sign):
    with site.serve(command=as_documented(workers=1)) as server:
        with connections(server.port, 50, request(f"/shows/{show.pk}/live/")) as lines:
            for line in lines:
                assert b"text/event-stream" in line.recv(65536)
            began = time.monotonic()
            os.kill(server.pid, sign)
            ends = [everything(line) for line in lines]
        assert time.monotonic() < began + 3
    assert all(end.endswith(b"0\r\n\r\n") for end in ends)


def everything(line) -> bytes:
    heard = b""
    while piece := line.recv(65536):
        heard += piece
    return heard


@pytest.mark.nightly
def test_a_worker_whose_threads_all_hang_is_replaced_and_logged(site):
    with site.serve(SLOW, "--timeout 4", command="--workers 1", THREADS="2") as server:
        with connections(server.port, 2, request("/tickets/?seconds=3600")):
            time.sleep(0.5)
            assert get(server, "/healthz", timeout=5) == 200
            with pytest.raises(TimeoutError):
                get(server, "/tickets/", timeout=0.5)
            eventually(lambda: "WORKER TIMEOUT" not in site.log.read_text(), patience=20)
        assert get(server, "/tickets/") == 200
    assert "All threads hang" in site.log.read_text()


@pytest.mark.nightly
def test_threads_that_are_busy_but_answer_are_left_alone(site):
    """The control: each page takes a while, but less than a hanging thread."""
    with site.serve(SLOW, "--timeout 4", command="--workers 1", THREADS="1") as server:
        for _ in range(4):
            assert get(server, "/tickets/?seconds=1.2") == 200
    assert "hang" not in site.log.read_text()


@pytest.mark.nightly
def test_every_line_of_the_log_is_json_from_the_servers_start_to_its_end(tmp_path):
    """gunicorn's and uvicorn's own, too; and nothing is left in the folder of whoever started it."""
    port, log = free_port(), tmp_path / "log"
    environment = CLEAN | PRODUCTION | {"DATABASE_URL": f"sqlite:///{tmp_path}/cinema.sqlite3", "HOME": str(tmp_path)}
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", *as_documented(workers=2).split()]
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}"], cwd=ROOT, env=environment, stdout=out, stderr=out
        ) as process,
    ):
        server = Server(port, process.pid)
        eventually(lambda: log.read_text().count("Application startup complete.") < 2)
        assert get(server, "/healthz") == 200
        with connections(port, 1, b"nonsense\r\n\r\n") as [line]:
            assert line.recv(12) == b"HTTP/1.1 400"
        os.kill(process.pid, signal.SIGHUP)
        eventually(lambda: log.read_text().count("Application startup complete.") < 4)
        process.terminate()

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {line["logger"] for line in lines} >= {"gunicorn.error", "uvicorn.error", "cinema.requests"}
    assert any(line["message"].startswith("Booting worker with pid: ") for line in lines)
    assert not (tmp_path / ".gunicorn").exists()
