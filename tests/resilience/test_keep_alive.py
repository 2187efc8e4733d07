"""Idle connections are kept, so that no proxy uses one that is being closed."""

import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

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
SHORT = "--config python:tests.resilience.short_keep_alive"


@pytest.fixture(scope="module")
def server(site: Site) -> Iterator[Server]:
    with site.serve(command=as_documented(workers=2)) as server:
        yield server


@contextmanager
def nginx(server: Server, folder: Path) -> Iterator[int]:
    """nginx before the server, with persistent connections; yield its port."""
    port, file = free_port(), folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, behind=server.port, port=port))
    with subprocess.Popen([NGINX, "-c", file, "-p", folder], stderr=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: not post(port), patience=10)
            yield port
        finally:
            process.terminate()


def post(port: int) -> int:
    """The status of a POST to the API without a token; 0 while nothing is listening."""
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("POST", "/api/book/", "{}", {"Content-Type": "application/json"})
        return line.getresponse().status
    except ConnectionRefusedError:
        return 0
    finally:
        line.close()


def spaced(port: int, seconds: float) -> Counter[int]:
    """The statuses of 48 posts at a time, again and again after so many seconds, sooner or later by a few ms."""

    def one(_: int) -> int:
        time.sleep(seconds + random.uniform(-0.004, 0.004))
        return post(port)

    with ThreadPoolExecutor(48) as people:
        return Counter(status for _ in range(4) for status in people.map(one, range(48)))


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


@pytest.mark.skipif(not NGINX, reason="there is no nginx on this machine (apt-get install nginx)")
def test_behind_nginx_that_keeps_connections_no_post_is_lost(server, tmp_path):
    with nginx(server, tmp_path) as port:
        assert set(spaced(port, 2)) == {401}


@pytest.mark.skipif(not NGINX, reason="there is no nginx on this machine (apt-get install nginx)")
def test_a_server_that_closes_after_2_seconds_loses_some(site, tmp_path):
    """The control."""
    with site.serve(SHORT, command="--workers 2") as server, nginx(server, tmp_path) as port:
        eventually(lambda: 502 not in spaced(port, 2))
