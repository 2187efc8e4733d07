"""A backup of a site in use, made and restored by the commands in docs/operations.md."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from cinema.models import Show, Ticket
from tests import postgres
from tests.benchmarks.clients import buyer
from tests.benchmarks.server import ROOT, Server
from tests.benchmarks.stage import Pair
from tests.concurrency.invariants import wrongs
from tests.factories import ShowFactory, sold
from tests.resilience.answers import ask
from tests.resilience.site import OPERATIONS, Site, eventually, speaking_with

pytestmark = pytest.mark.site  # each database has its own commands: the nightly run tries all on both

SECTION = "## Back up and restore"
ROLE = "Run this once, as `cinema`:"
IN_USE = 3  # bookings before the backup begins


class Drill:
    """The documented commands for this kind of database, in a folder like the project's."""

    def __init__(self, site: Site, folder: Path) -> None:
        section = OPERATIONS.partition(SECTION)[2].partition("\n## ")[0]
        for_postgres, for_sqlite = re.findall(r"(?:^ {4}.+\n)+", section, re.MULTILINE)
        self.site, self.folder, self.server = site, folder, site.postgres
        self.commands = (for_postgres if site.postgres else for_sqlite).strip().splitlines()
        (folder / ".venv").symlink_to(sys.prefix)
        (folder / "manage.py").symlink_to(ROOT / "manage.py")
        (folder / "db.sqlite3").symlink_to(site.database / "cinema.sqlite3")
        self.file = folder / ("cinema.dump" if site.postgres else "backup.sqlite3")
        self.url = self.server.server.get_uri(database="restored") if self.server else f"sqlite:///{self.file}"

    def move_to(self, server: postgres.Postgres) -> None:
        """Restore to another PostgreSQL server than the one that was backed up."""
        self.server, self.url = server, server.server.get_uri(database="restored")

    def back_up(self) -> None:
        self._run(self.commands[:1])

    def restore(self) -> str:
        """Restore and check; return the output of the commands. Raises CalledProcessError."""
        return self._run(self.commands[1:])

    def _run(self, commands: list[str]) -> str:
        own = [f"export DATABASE_URL='{self.url}'" if "…" in command else command for command in commands]
        script = "\n".join(["set -euo pipefail", *own])
        environment = os.environ | self.site.environment
        if self.server:
            there = parse_dsn(self.server.url)
            environment["PATH"] = f"{postgres.commands()}:{environment['PATH']}"
            environment |= {"PGHOST": there["host"], "PGUSER": there["user"]}
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout


@pytest.fixture
def drill(site: Site, tmp_path: Path) -> Iterator[Drill]:
    drill = Drill(site, tmp_path)
    yield drill
    drill.server = site.postgres
    if drill.server:
        drill._run(["dropdb --if-exists restored"])


@pytest.fixture
def show(site: Site) -> Show:
    return ShowFactory(screen__rows=10, screen__columns=20)


@contextmanager
def in_use(server: Server, show: Show) -> Iterator[list[str]]:
    """Let people book and pay at the show during the block; yields the list of results."""
    seats = list(show.seats.order_by("pk").values_list("pk", flat=True))[2:]
    outcomes: list[str] = []
    begun, enough = Event(), Event()

    def book() -> None:
        act = buyer(server.port)
        for first, second in zip(seats[::2], seats[1::2], strict=True):
            outcomes.append(act(Pair(show.pk, (first, second), 0)))
            if len(outcomes) == IN_USE:
                begun.set()
            if enough.is_set():
                return

    people = Thread(target=book)
    people.start()
    try:
        assert begun.wait(60)
        yield outcomes
    finally:
        enough.set()
        people.join()


def lost(before: set[str], drill: Drill) -> set[str]:
    """The tickets sold before that are missing in the restored site."""
    with speaking_with(drill.url):
        return before - set(Ticket.objects.filter(status=Ticket.Status.CONFIRMED).values_list("code", flat=True))


def tickets(show: Show) -> set[str]:
    return set(Ticket.objects.filter(show=show, status=Ticket.Status.CONFIRMED).values_list("code", flat=True))


@pytest.mark.nightly
@pytest.mark.mainly("postgresql")
def test_a_backup_of_a_site_in_use_is_restored_whole_and_serves(site, server, show, drill):
    ticket = sold(show, "A1 A2")
    with in_use(server, show) as outcomes:
        before = tickets(show)
        drill.back_up()
        done = len(outcomes)
        eventually(lambda: len(outcomes) == done)
    assert set(outcomes) == {"booked"}

    assert "The ledger explains every seat" in drill.restore()
    assert not lost(before, drill)
    with speaking_with(drill.url):
        assert not wrongs(Show.objects.get(pk=show.pk))
    with site.serve(DATABASE_URL=drill.url) as restored:
        assert ask(restored, "GET", ticket.get_absolute_url()).status == 200
        assert buyer(restored.port)(Pair(show.pk, last_seats(show), 0)) == "booked"


def last_seats(show: Show) -> tuple[int, int]:
    return tuple(show.seats.order_by("-pk").values_list("pk", flat=True)[:2])


def role_statements() -> list[str]:
    """The documented statements that make the role the application runs as, and grant it what it needs."""
    section = OPERATIONS.partition(ROLE)[2]
    block = re.search(r"(?:^ {4}.+\n)+", section, re.MULTILINE)[0]
    return [line.partition("--")[0].strip().rstrip(";") for line in block.strip().splitlines()]


@pytest.mark.nightly
@pytest.mark.only("postgresql")
def test_a_backup_is_restored_on_a_fresh_server_with_the_role_of_the_application(site, show, drill):
    postgres.run(site.url, *role_statements())
    ticket = sold(show, "A1 A2")
    drill.back_up()
    fresh = postgres.Postgres(on_disk=False)
    try:
        drill.move_to(fresh)
        assert "The ledger explains every seat" in drill.restore()
        postgres.run(drill.url, *role_statements())
        as_the_application = f"{drill.url}&options=-c role=cinema_app".replace("options=-c role=", "options=-crole%3D")
        with site.serve(DATABASE_URL=as_the_application) as restored:
            assert ask(restored, "GET", ticket.get_absolute_url()).status == 200
            assert buyer(restored.port)(Pair(show.pk, last_seats(show), 0)) == "booked"
        for table in ("seatevent", "auditevent", "moneyentry", "receipt", "receiptline"):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                postgres.run(drill.url, "SET ROLE cinema_app", f"DELETE FROM cinema_{table}")
    finally:
        fresh.server.cleanup()


@pytest.mark.nightly
@pytest.mark.mainly("sqlite")
def test_a_damaged_backup_is_noticed(site, show, drill):
    sold(show, "A1 A2")
    drill.back_up()
    size = drill.file.stat().st_size
    with drill.file.open("r+b") as file:
        if site.postgres:
            file.truncate(size // 2)
        else:
            file.seek(size // 4)
            file.write(bytes(size // 2))

    with pytest.raises(subprocess.CalledProcessError):
        drill.restore()


@pytest.mark.nightly
@pytest.mark.only("sqlite")
def test_a_plain_copy_of_the_file_lacks_what_was_sold_last(site, show, drill):
    with closing(sqlite3.connect(site.database / "cinema.sqlite3")) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cinema_ticket").fetchone()  # as long as this is read, nothing is moved
        sold(show, "A1 A2")
        shutil.copy(site.database / "cinema.sqlite3", drill.file)

    assert lost(tickets(show), drill) == tickets(show)
