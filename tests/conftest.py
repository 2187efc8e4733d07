"""One run, two databases: every test runs once on SQLite and once on PostgreSQL (see README.md beside this file)."""

import itertools
import os
import sqlite3
from collections import Counter
from collections.abc import Generator
from functools import cache
from math import inf
from typing import Any
from unittest import mock

import psycopg2
import pytest

from tests import postgres

CI = bool(os.environ.get("CI"))
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
NOT_WITHOUT = "postgresql"  # the process that runs no tests without a database: they cannot differ there
REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()


@cache
def postgres_url() -> str:
    """The server DATABASE_URL names, or one of our own."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else postgres.start(durable=False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only(vendor): the test makes sense on this database only, and runs only there")
    config.addinivalue_line("markers", "site: the test serves a cinema of its own, on a database like the process's")


def pytest_report_header(config: pytest.Config) -> str:
    names = [spec.rpartition("=")[2] for spec in config.option.tx]
    versions = {"sqlite": lambda: f"SQLite {sqlite3.sqlite_version}", "postgresql": _postgres_version}
    if not names:
        names = ["postgresql" if os.environ["DATABASE_URL"].startswith("postgres") else "sqlite"]
    return "databases: " + ", ".join(f"[{name}] {versions[name]()}" for name in names)


def _postgres_version() -> str:
    try:
        return postgres.version(postgres_url())
    except psycopg2.OperationalError as error:
        raise pytest.UsageError(f"DATABASE_URL: {error}") from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how each database fared."""
    outcomes: dict[str, Counter[str]] = {}
    for category in ("failed", "error", "passed", "skipped", "xfailed", "xpassed"):
        for report in terminalreporter.getreports(category):
            if hasattr(report, "node"):
                outcomes.setdefault(report.node.gateway.id, Counter())[category] += 1
    for name, counts in sorted(outcomes.items()):
        terminalreporter.line(f"[{name}] " + ", ".join(f"{count} {category}" for category, count in counts.items()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    os.environ["DATABASE_URL"] = postgres_url()  # the workers inherit it


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests of the other database, and those the other process runs alone. They are deselected, not skipped:
    a skip says something is missing."""
    from django.db import connection

    process = os.environ.get("TEST_DATABASE")
    turns = itertools.cycle(["sqlite", NOT_WITHOUT])

    def is_elsewhere(item: pytest.Item) -> bool:
        if marker := item.get_closest_marker("only"):
            return connection.vendor not in marker.args
        if process and takes_turns(item):
            return next(turns) != process
        return process == NOT_WITHOUT and not uses_database(item)

    left_out = [item for item in items if is_elsewhere(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Empty the tables cheaply after a test that commits: PostgreSQL deletes the few rows in a tenth of the time it
    takes to truncate, and Django's permissions and content types, which no test asks for, are not made anew."""
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db import connection
    from django.db.models.signals import post_migrate

    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    if connection.vendor == "postgresql":
        quoted = connection.ops.quote_name
        connection.ops.sql_flush = lambda style, tables, **how: [f"DELETE FROM {quoted(table)}" for table in tables]


def uses_database(item: pytest.Item) -> bool:
    """Whether the test may: pytest-django lets no other, unless it has one of its own."""
    marked = any(item.get_closest_marker(name) for name in ("django_db", "only", "site"))
    return bool(marked or DATABASE_FIXTURES.intersection(item.fixturenames))


def takes_turns(item: pytest.Item) -> bool:
    """Whether one database will do: what a page does in a browser is the same on both, but for the live map, which is
    told of changes in two ways."""
    return {"browser", "streaming_site"}.intersection(item.fixturenames) == {"browser"}


@pytest.fixture(autouse=True)
def look_at_halls_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """No look at a hall is shared with the test before, or with the line before."""
    monkeypatch.setattr("cinema.selectors.booking.places.LATELY", 0)
    monkeypatch.setattr("cinema.selectors.booking.places._looks", {})


@pytest.fixture(autouse=True)
def know_that_no_legal_text_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process does that has asked; what another test published is not remembered."""
    monkeypatch.setattr("cinema.selectors.people.legal._published", (inf, []))


@pytest.fixture
def legal_texts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published is seen at once."""
    monkeypatch.setattr("cinema.selectors.people.legal.FRESH_FOR", -1)
    monkeypatch.setattr("cinema.selectors.people.legal._published", (-inf, []))


@pytest.fixture(autouse=True)
def know_the_key_of_fingerprints(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process does that has read it; which test reads it first must not make a difference."""
    from cinema.models import FingerprintKey

    monkeypatch.setattr(
        "cinema.selectors.people.fingerprints._known", FingerprintKey(period=600, secret="of the tests")
    )


@pytest.fixture(autouse=True, scope="session")
def empty_the_trail_with_everything_else() -> Generator[None]:
    """After a test that commits, all tables are emptied, also those the database otherwise only lets be added to."""
    from django.db.backends.base.operations import BaseDatabaseOperations

    from tests.trail import alterable_trail

    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_all(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with alterable_trail():
            flush(operations, statements)

    with mock.patch.object(BaseDatabaseOperations, "execute_sql_flush", flush_all):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash.setdefault(REPORTS, {})[report.when] = report
    return _forbid_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _forbid_skip((yield))


def _forbid_skip(report: Any) -> Any:
    """In CI nothing may be missing, so a skipped test is a failed one."""
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, which CI does not allow: {report.longrepr[2]}"
    return report
