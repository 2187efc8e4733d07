"""Idle connections are kept, so that no proxy uses one that is being closed."""

import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.benchmarks.server import Server, free_port
from tests.resilience.site import Site, as_documented, eventually

pytestmark = [pytest.mark.site, pytest.mark.only("postgresql")]  # one will do: it has no part in this

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CONFIGURATION = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    upstream cinema {{ server 127.0.0.1:{behind}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://cinema;
            proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header Host 127.0.0.1;
        }}
    }}
}}
"""
POST = ("POST", "/api/book/", "{}", {"Content-Type": "application/json"})
SHORT = "--config python:tests.resilience.short_keep_alive"


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with site.serve(command=as_documented(workers=2)) as server:
        yield server


class Proxy(NamedTuple):
    """A running nginx: its port and its only process."""

    port: int
    process: subprocess.Popen


@contextmanager
def nginx(server: Server, folder: Path) -> Iterator[Proxy]:
    """nginx before the server, with persistent connections."""
    port, file = free_port(), folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, behind=server.port, port=port))
    with subprocess.Popen([NGINX, "-c", file, "-p", folder], stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: not post(port), patience=10)
            yield Proxy(port, process)
        finally:
            process.terminate()


def post(port: int) -> int:
    """The status of a POST to the API without a token; 0 while nothing is listening."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as line:
        try:
            line.request(*POST)
            return line.getresponse().status
        except ConnectionRefusedError:
            return 0


def post_while_stopped(proxy: Proxy, seconds: float) -> int:
    """The status of a POST that nginx finds first when it goes on after so many seconds.

    Only after it does nginx find that the server has closed the connection, if it has.
    """
    with closing(HTTPConnection("127.0.0.1", proxy.port, timeout=30)) as line:
        line.request(*POST)
        line.getresponse().read()
        proxy.process.send_signal(signal.SIGSTOP)
        try:
            line.request(*POST)
            time.sleep(seconds)
        finally:
            proxy.process.send_signal(signal.SIGCONT)
        return line.getresponse().status


def spaced(port: int, seconds: float) -> Counter[int]:
    """The statuses of 48 posts at a time, again and again after so many seconds, sooner or later by a few ms."""

    def one(_: int) -> int:
        time.sleep(seconds + random.uniform(-0.004, 0.004))
        return post(port)

    with ThreadPoolExecutor(48) as people:
        return Counter(status for _ in range(4) for status in people.map(one, range(48)))


@pytest.mark.nightly
def test_a_connection_that_rests_for_20_seconds_is_used_again(server):
    line = HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.request("GET", "/healthz")
    line.getresponse().read()
    kept = line.sock
    time.sleep(20)
    line.request("GET", "/healthz")
    assert line.getresponse().status == 200
    assert line.sock is kept
    line.close()


@pytest.mark.nightly
@pytest.mark.skipif(not NGINX, reason="there is no nginx on this machine (apt-get install nginx)")
def test_behind_nginx_that_keeps_connections_no_post_is_lost(server, tmp_path):
    with nginx(server, tmp_path) as proxy:
        assert set(spaced(proxy.port, 2)) == {401}
        assert post_while_stopped(proxy, 3) == 401


@pytest.mark.skipif(not NGINX, reason="there is no nginx on this machine (apt-get install nginx)")
@pytest.mark.nightly
def test_a_server_that_closes_after_2_seconds_loses_one(site, tmp_path):
    """The control."""
    with site.serve(SHORT, command="--workers 2") as server, nginx(server, tmp_path) as proxy:
        eventually(lambda: post_while_stopped(proxy, 3) != 502)
