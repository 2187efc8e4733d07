"""All benchmarks, one after the other, and in the end one table of their figures.

    .venv/bin/python -m tests.benchmarks [--full]

Each says first what it measures and prints its own tables. The last one is in Markdown, as docs/performance.md quotes
it. Without --full they do a part of their work: a first impression, in some minutes.
"""

import argparse
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests import postgres
from tests.benchmarks import figures

# The options of the short form and of the long one.
PROGRAMS: list[tuple[str, list[str], list[str]]] = [
    ("booking", ["--quick"], []),
    ("watchers", ["--watchers", "500", "--seconds", "10"], []),
    ("on_sale", ["--buyers", "200"], []),
    ("door", ["--quick"], []),
    ("back_office", ["--quick", "--days", "14"], []),
    ("growth", ["--quick"], []),
    ("growth", ["--quick", "--on", "sqlite"], ["--on", "sqlite"]),
]


def main() -> None:
    full = _options().full
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with tempfile.NamedTemporaryFile(prefix="cinema-figures-") as file:
        environment = os.environ | {figures.FILE: file.name}
        failed = []
        for name, short, long in PROGRAMS:
            command = [sys.executable, "-m", f"tests.benchmarks.{name}", *(long if full else short)]
            print(f"\n=== {' '.join(command[2:])}", flush=True)
            if subprocess.run(command, env=environment).returncode:
                failed.append(name)
        print(f"\n{_where()}\n\n{figures.table(figures.noted(Path(file.name)))}")
    if failed:
        raise SystemExit(f"Failed: {', '.join(failed)}")


def _where() -> str:
    """The day, the machine and the databases."""
    info = Path("/proc/cpuinfo")
    models = [line.partition(": ")[2] for line in info.read_text().splitlines() if line.startswith("model name")]
    databases = f"{postgres.version(postgres.start())}, SQLite {sqlite3.sqlite_version}"
    load = f"load average {os.getloadavg()[0]:.1f}"
    return f"{datetime.now():%Y-%m-%d}, {os.cpu_count()} CPUs ({models[0]}), {databases}; {load} at the end."


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="All benchmarks, and one table of their figures.")
    parser.add_argument("--full", action="store_true", help="all of their work: an hour or so, and 12 GB of disk")
    return parser.parse_args()


if __name__ == "__main__":
    main()
