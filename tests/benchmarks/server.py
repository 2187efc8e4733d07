"""The cinema as in production: gunicorn on this machine, reachable on 127.0.0.1 only."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGES = "cinema.wsgi --workers 2 --worker-class gthread --threads 4"
LIVE = "cinema.asgi --workers 2 --worker-class cinema.live.worker.Worker --backlog 4096"  # pages and open seat maps
PATIENCE = 120  # seconds; a busy machine takes its time


class Server(NamedTuple):
    """A running gunicorn. The use of its workers is read from /proc, so on Linux only."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """The CPU time of all its workers so far."""
        ticks = [(self._of(worker, "stat").rpartition(")")[2].split())[11:13] for worker in self._workers()]
        return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """The memory of its workers now."""
        pages = [int(self._of(worker, "statm").split()[1]) for worker in self._workers()]
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    def _workers(self) -> list[str]:
        return self._of(str(self.pid), f"task/{self.pid}/children").split()

    def _of(self, pid: str, what: str) -> str:
        return Path(f"/proc/{pid}/{what}").read_text()


@contextmanager
def gunicorn(options: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Serve while the block runs, on a port it finds. Raises RuntimeError, with the log, if it does not start.

    ``options`` begin with the application. ``environment`` is set beside that of this process.
    """
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", *options, "--no-control-socket", "--bind", f"127.0.0.1:{port}"]
    env = os.environ | (environment or {})
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT, env=env) as process:
        try:
            _wait(process, port, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen, port: int, log: Path) -> None:
    """Wait until a worker responds, whatever the response."""
    give_up = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", "/tickets/")
            connection.getresponse()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError(f"gunicorn does not serve:\n{log.read_text()[-2000:]}")


def free_port() -> int:
    """A free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
