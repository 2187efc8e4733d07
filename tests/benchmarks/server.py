"""The cinema as production serves it: gunicorn on this machine, reached on 127.0.0.1 only."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
OPTIONS = ["--workers", "2", "--worker-class", "gthread", "--threads", "4"]
PATIENCE = 30  # seconds


@contextmanager
def gunicorn(options: Sequence[str], log: Path) -> Iterator[int]:
    """Serve while the block runs, on the port it gets. Raises RuntimeError, with the log, if it does not start."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "cinema.wsgi", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", *options]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=ROOT) as process:
        try:
            _wait(process, port, log)
            yield port
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen, port: int, log: Path) -> None:
    """Until a worker answers; what it answers is looked at by those who measure."""
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
