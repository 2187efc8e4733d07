"""One run, two databases, side by side, each in processes of its own (see README.md beside this file).

Which test runs where is decided here, in ``databases_for``:

- A test without a database runs on SQLite only: it cannot differ on the other.
- A test of a service, a selector, a command, a job or a crash (the folders in ``ON_ONE``) runs on one of the two,
  always on the same: so most files are tested on both, but not each rule. A sixth runs on PostgreSQL, where each
  statement costs more.
- A test of what people see and send (``PAGES``) runs on SQLite: it depends on a database least. A walk through all
  pages, and live maps, run on both; of the other tests in a browser, which mostly wait, half run here and half there.
- A race runs on PostgreSQL, and every third one on SQLite, too, where writers wait in line.
- Every other test runs on both.
- A marker has the last word: ``only("postgresql")``; ``mainly("postgresql")`` for a costly test for which that one is
  enough but with --both; or ``both`` for what a database may answer differently, such as a null character or a number
  too large for it (where a parameter of the test shows one, it needs no marker).
- A test marked ``nightly`` runs with --both only: the control of a race or another costly one, which shows that another
  test can fail; a costly variant of what another test shows; or a migration that was released long ago.

Each database has several processes, so that some compute while others wait. They divide the folders (``PARTS``):
one has the tests in a browser, one those of pages without one, one those that race or serve sites of their own and
mostly wait, and one all others. On SQLite, which has most of the tests, two more take a part of these (``OF_SQLITE``).

With ``--both`` whatever has a database runs on both, as in `.ci/nightly`. A process without a twin (-n0) runs all
that fits its database.
"""

import gc
import os
import re
import sqlite3
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests import postgres

CI = bool(os.environ.get("CI"))
SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = frozenset({SQLITE, POSTGRESQL})
ON_SQLITE, ON_POSTGRESQL = frozenset({SQLITE}), frozenset({POSTGRESQL})
MAINLY_SQLITE = [ON_POSTGRESQL, *[ON_SQLITE] * 5]
DATABASE, _, PART = os.environ.get("PYTEST_XDIST_WORKER", "").partition("-")  # pyproject.toml names the processes
HAS_TWIN = DATABASE in BOTH  # another process tests on the other database
PAGES = {"browser", "exports", "forms", "mail", "security", "views", "web"}
ON_BOTH = {"browser": {"browser"}, "pages": PAGES - {"browser"}, "sites": {"chaos", "concurrency", "resilience"}}
OF_SQLITE = {
    "staff": {"gateways", "views/staff"},
    "money": {"exports", "jobs", "mail", "services/money", "services/orders"},
}
PARTS = (OF_SQLITE if DATABASE == SQLITE else {}) | ON_BOTH
ON_ONE = {
    "commands",
    "gateways",
    "jobs",
    "observability",
    "resilience",
    "selectors",
    "services",
    "templatetags",
    "trace",
    "wallet",
}
NOT_FOR_EVERY_DATABASE = re.compile(r"\\x00|%00|\d{10}")  # in the name of a test, which shows its parameters
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "live_server"}
TESTS = Path(__file__).parent
REPORTS = pytest.StashKey[dict[str, pytest.TestReport]]()


# Compiled modules are kept, wherever that is switched off: the processes of a run, and the servers and commands that
# they start, would all compile the same, a quarter of a second of the processor's time each.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
gc.disable()  # what is imported stays: to look through it for garbage takes a fifth of a run's time


@cache
def postgres_url() -> str:
    """The server in DATABASE_URL, or a temporary one."""
    url = os.environ.get("DATABASE_URL", "")
    return url if url.startswith("postgres") else postgres.start(durable=False)


def nightly(*values: Any, id: str | None = None) -> Any:
    """A set of parameters with which a test runs with --both only."""
    return pytest.param(*values, marks=pytest.mark.nightly, id=id)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both", action="store_true", help="run nightly tests, too, and all on both databases")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "only(vendor): the test makes sense on this database only, and runs only there")
    config.addinivalue_line("markers", "mainly(vendor): the test runs on this database only, but with --both on both")
    config.addinivalue_line("markers", "nightly: the test runs with --both only")
    config.addinivalue_line("markers", "both: the test runs on both databases, although its folder runs on one")
    config.addinivalue_line("markers", "site: the test serves a cinema of its own, on a database like the process's")


def pytest_report_header(config: pytest.Config) -> str:
    versions = {SQLITE: lambda: f"SQLite {sqlite3.sqlite_version}", POSTGRESQL: _postgres_version}
    is_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgres")
    names = [SQLITE, POSTGRESQL] if _is_on_both(config) else [POSTGRESQL if is_postgresql else SQLITE]
    return "databases: " + ", ".join(f"[{name}] {versions[name]()}" for name in names)


def _is_on_both(config: pytest.Config) -> bool:
    """Whether this run starts a process for each database, as pyproject.toml has it; -n starts others."""
    return any(f"id={POSTGRESQL}" in spec for spec in config.option.tx)


def _postgres_version() -> str:
    try:
        return postgres.version(postgres_url())
    except psycopg2.OperationalError as error:
        raise pytest.UsageError(f"DATABASE_URL: {error}") from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the results by database."""
    outcomes: dict[str, Counter[str]] = {}
    for category in ("failed", "error", "passed", "skipped", "xfailed", "xpassed"):
        for report in terminalreporter.getreports(category):
            if hasattr(report, "node"):
                outcomes.setdefault(report.node.gateway.id, Counter())[category] += 1
    for name, counts in sorted(outcomes.items()):
        terminalreporter.line(f"[{name}] " + ", ".join(f"{count} {category}" for category, count in counts.items()))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    if _is_on_both(config):
        os.environ["DATABASE_URL"] = postgres_url()  # the workers inherit it


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Count the tests of all processes: xdist counts those of the last one, which may have none."""
    from xdist.scheduler import EachScheduling

    class CountingEach(EachScheduling):
        def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
            super().add_node_collection(node, collection)
            session = config.pluginmanager.get_plugin("session")
            session.testscollected = len(set().union(*self.node2collection.values()))

    return CountingEach(config, log) if _is_on_both(config) else None


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave the folders of other processes out; they need not even be imported."""
    if not HAS_TWIN or TESTS not in collection_path.parents or part_of(collection_path) == PART:
        return None
    above = f"{collection_path.relative_to(TESTS).as_posix()}/"
    return None if any(folder.startswith(above) for folder in PARTS.get(PART, ())) else True


def part_of(path: Path) -> str:
    """The part of the tests that a file or folder belongs to; "" for those of no part in particular."""
    path = path.relative_to(TESTS)
    places = {path.as_posix(), *(above.as_posix() for above in path.parents)}
    return next((part for part, folders in PARTS.items() if places & folders), "")


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but only among what the tests make."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of the other processes. They are deselected: a skip would say that something is missing."""
    left_out = [item for item in items if not is_here(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_here(item)]


def is_here(item: pytest.Item) -> bool:
    """Whether this process runs the test."""
    from django.db import connection

    if HAS_TWIN and part_of(item.path) != PART:
        return False  # collected all the same, as its file was asked for by name
    return connection.vendor in databases_for(item)


def databases_for(item: pytest.Item) -> frozenset[str]:
    """The databases the test runs on; the rule stands at the top of this module."""
    if HAS_TWIN and item.get_closest_marker("nightly") and not item.config.option.both:
        return frozenset()
    if marker := item.get_closest_marker("only"):
        return frozenset(marker.args)
    if not HAS_TWIN:
        return BOTH
    if not uses_database(item):
        return ON_SQLITE
    if item.config.option.both:
        return BOTH
    if marker := item.get_closest_marker("mainly"):
        return frozenset(marker.args)
    return choices(item)[zlib.crc32(item.nodeid.encode()) % len(choices(item))]


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


def uses_database(item: pytest.Item) -> bool:
    """Whether the test may use the database. pytest-django allows no other, except tests with their own database."""
    marked = any(item.get_closest_marker(name) for name in ("django_db", "only", "site"))
    return bool(marked or DATABASE_FIXTURES.intersection(item.fixturenames))


def choices(item: pytest.Item) -> Sequence[frozenset[str]]:
    """Where a test that has a database may run. A live map gets changes in two ways and needs both."""
    needs_both = item.get_closest_marker("both") or NOT_FOR_EVERY_DATABASE.search(item.nodeid)
    if needs_both or "streaming_site" in item.fixturenames:
        return [BOTH]
    folder = _folder(item)
    if folder == "browser":
        return [ON_SQLITE, ON_POSTGRESQL]
    if folder in PAGES:
        return [ON_SQLITE]
    if folder == "concurrency":
        return [BOTH, *[ON_POSTGRESQL] * 5]
    return MAINLY_SQLITE if folder in ON_ONE else [BOTH]


@pytest.fixture(scope="session")
def in_full(request: pytest.FixtureRequest) -> bool:
    """Whether tests are to do all they can, as in `.ci/nightly`; otherwise as much as shows the same."""
    return request.config.option.both


@pytest.fixture(scope="session")
def share(in_full: bool) -> Callable[..., Sequence[Any]]:
    """``share(cases, number, of=3)``: the part of that number of many alike cases; in full, all of them."""
    return (lambda cases, number, of=3: list(cases)) if in_full else part_of_cases


def part_of_cases(cases: Iterable[Any], number: int, of: int = 3) -> Sequence[Any]:
    """A third of the cases; tests that take one third each have all of them together."""
    return list(cases)[number % of :: of]


@pytest.fixture(autouse=True)
def start_anew(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see what another one left in a process: one fixture, as each takes a quarter of a millisecond."""
    from cinema.models import FingerprintKey

    # No seat map of another test, no recent map of a hall.
    monkeypatch.setattr("cinema.selectors.booking.recent.LATELY", 0)
    monkeypatch.setattr("cinema.selectors.booking.recent._maps", {})
    monkeypatch.setattr("cinema.selectors.booking.shared_maps._maps", {})
    monkeypatch.setattr("cinema.services.booking.guards._contested", {})
    # Threads go for the same row at once: what protects it is the lock, not the line before it.
    monkeypatch.setattr("cinema.services.core.turns.PATIENCE", 0)
    # No legal text is published, no appearance set, and no season named beside the programme.
    monkeypatch.setattr("cinema.selectors.people.legal.all_published.last", (inf, []))
    monkeypatch.setattr("cinema.selectors.halls.appearances.appearances.last", (inf, {}))
    monkeypatch.setattr("cinema.selectors.films.seasons.seasons.last", (inf, []))
    # The key of fingerprints is known, so that query counts do not depend on the order of tests.
    key = FingerprintKey(period=600, secret="of the tests")
    monkeypatch.setattr("cinema.selectors.people.fingerprints._known", key)
    # A receipt beside a mail takes 40 milliseconds, which only files about receipts need.
    if "receipts" not in request.path.name:
        monkeypatch.setattr("cinema.mail.receipts.receipt_pdf", lambda receipt: b"%PDF-")


@pytest.fixture
def appearances_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not cache appearances."""
    monkeypatch.setattr("cinema.selectors.halls.appearances.appearances.fresh_for", -1)
    monkeypatch.setattr("cinema.selectors.halls.appearances.appearances.last", (-inf, {}))


@pytest.fixture
def seasons_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not cache seasons."""
    monkeypatch.setattr("cinema.selectors.films.seasons.seasons.fresh_for", -1)
    monkeypatch.setattr("cinema.selectors.films.seasons.seasons.last", (-inf, []))


@pytest.fixture
def legal_texts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not cache legal texts."""
    monkeypatch.setattr("cinema.selectors.people.legal.all_published.fresh_for", -1)
    monkeypatch.setattr("cinema.selectors.people.legal.all_published.last", (-inf, []))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash.setdefault(REPORTS, {})[report.when] = report
    return _forbid_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _forbid_skip((yield))


def _forbid_skip(report: Any) -> Any:
    """In CI a skipped test fails, so that none is missing."""
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, which CI does not allow: {report.longrepr[2]}"
    return report
