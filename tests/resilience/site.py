"""A cinema with its own database, which tests can take away, and its servers."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from unittest import mock

import dj_database_url
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests import postgres
from tests.benchmarks.server import ROOT, Server, gunicorn

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
PATIENCE = 60  # seconds in which everything is to be in a final state
# One worker, so that it is this one that dies; loaded before it is forked, so that the next one stands soon.
ONE_WORKER = "cinema.asgi --workers 1 --preload --worker-class cinema.live.worker.Worker"
WITH_CRASHES = "--config python:tests.resilience.crashes"
QUICKLY = {"HOUSEKEEPING_EVERY": "0.6", "LEFT_ALONE_FOR": "0.5", "EMAIL_TIMEOUT": "0.5"}  # seconds
AS_IN_PRODUCTION = {"HOUSEKEEPING_EVERY": "10", "LEFT_ALONE_FOR": "20", "EMAIL_TIMEOUT": "10"}


class Site:
    """A site. While it is open, Django in this process uses its database, too."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.mails, self.crash_at, self.database = directory / "mails", directory / "crash", directory / "database"
        for folder in (self.mails, self.database):
            folder.mkdir()
        self.postgres = postgres.Postgres(on_disk=False) if connection.vendor == "postgresql" else None
        self.url = self.new_database("cinema")

    def new_database(self, name: str) -> str:
        """The URL of a new database: empty on PostgreSQL, not yet existing on SQLite."""
        if self.postgres is None:
            return f"sqlite:///{self.database / name}.sqlite3"
        postgres.run(self.postgres.url, f"CREATE DATABASE {name}")
        return self.postgres.server.get_uri(database=name)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the site's servers and commands."""
        times = AS_IN_PRODUCTION if os.environ.get("AS_IN_PRODUCTION") else QUICKLY
        return times | {
            "DJANGO_SETTINGS_MODULE": "tests.resilience.settings",
            "DATABASE_URL": self.url,
            "EMAIL_URL": f"file:///{self.mails}",
            "SITE_URL": "http://127.0.0.1:9",  # nobody is there: a test reports payments itself
            "CRASH_AT": str(self.crash_at),
            "SECRET_KEY": settings.SECRET_KEY,  # what is signed here is good there
            "DEMO": "true",
        }

    @contextmanager
    def serve(self, *options: str, command: str = ONE_WORKER, **environment: str) -> Iterator[Server]:
        """Serve the site during the block."""
        words = " ".join([command, *options]).split()
        with mock.patch.dict(os.environ, self.environment | environment):
            self.log = self.directory / f"server-{time.monotonic_ns()}.log"
            with gunicorn(words, self.log) as server:
                yield server

    @contextmanager
    def away(self, mode: str) -> Iterator[None]:
        """Take the database away during the block: stop the server in that mode, or move the file."""
        connection.close()
        moved = self.database.with_name("moved")
        self.postgres.stop(mode) if self.postgres else self.database.rename(moved)
        try:
            yield
        finally:
            self.postgres.start() if self.postgres else moved.rename(self.database)


def as_documented(*, workers: int) -> str:
    """The options of the command in docs/operations.md, except for the address and the number of workers."""
    options = re.search(r"^ +\.venv/bin/gunicorn (.*)--workers \d+ --bind \S+", OPERATIONS, re.MULTILINE)[1]
    return f"{options}--workers {workers}"


@contextmanager
def speaking_with(url: str) -> Iterator[None]:
    """Let Django in this process use that database during the block."""
    there = dict(connection.settings_dict)
    connection.close()
    address = dj_database_url.parse(url)
    connection.settings_dict |= {key: address[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    connection.settings_dict["OPTIONS"] = there["OPTIONS"] | address.get("OPTIONS", {})  # a socket is an option
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= there


@contextmanager
def opened(directory: Path) -> Iterator[Site]:
    """Create a site, and delete it afterwards."""
    with ExitStack() as stack:
        site = Site(directory)
        if site.postgres:
            stack.callback(site.postgres.server.cleanup)
        stack.enter_context(speaking_with(site.url))
        call_command("migrate", verbosity=0)
        yield site


@contextmanager
def dying(site: Site, step: str) -> Iterator[None]:
    """Kill the worker at that step of the block's request, which gets no response."""
    site.crash_at.write_text(step)
    with pytest.raises(ConnectionError):
        yield
    assert not site.crash_at.exists()


@contextmanager
def dying_in_its_sweep(site: Site, step: str) -> Iterator[None]:
    """Kill the worker at that step of its own background jobs after the block."""
    site.crash_at.write_text(step)
    with suppress(ConnectionError):
        yield
    eventually(site.crash_at.exists)


def eventually(wrongs: Callable[[], object], patience: float = PATIENCE) -> float:
    """Wait until ``wrongs`` returns nothing; return the seconds. Fails with the remaining faults."""
    began = time.monotonic()
    while left := wrongs():
        assert time.monotonic() < began + patience, f"after {patience} seconds: {left}"
        time.sleep(0.1)
    return time.monotonic() - began
