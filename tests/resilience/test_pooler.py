"""PgBouncer before PostgreSQL: declared, everything works; otherwise it is rejected with a sentence."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
from psycopg2.extensions import parse_dsn

from cinema.models import Show
from tests.benchmarks.clients import buyer
from tests.benchmarks.server import ROOT
from tests.benchmarks.stage import Pair
from tests.concurrency.invariants import wrongs
from tests.factories import ShowFactory
from tests.resilience.site import Site

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
MISSING = "there is no pgbouncer on this machine (apt-get install pgbouncer)"

pytestmark = [
    pytest.mark.site,
    pytest.mark.only("postgresql"),
    pytest.mark.skipif(not PGBOUNCER, reason=MISSING),
]


@contextmanager
def pooler(site: Site, *, ignoring: str = "") -> Iterator[str]:
    """PgBouncer before the site's database, by transaction with two sessions; yield the URL that leads through it."""
    there, folder = parse_dsn(site.url), Path(tempfile.mkdtemp(prefix="cinema-pooler-"))
    folder.chmod(0o777)  # it does not run as root
    file = folder / "pgbouncer.ini"
    file.write_text(
        f"[databases]\n* = host={there['host']} user={there['user']}\n"
        f"[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {folder}\nauth_type = any\n"
        f"pool_mode = transaction\ndefault_pool_size = 2\nignore_startup_parameters = extra_float_digits,{ignoring}\n"
    )
    as_user = ["-u", site.postgres.server.system_user] if os.geteuid() == 0 else []
    with (folder / "pgbouncer.log").open("w") as log:
        process = subprocess.Popen([PGBOUNCER, *as_user, str(file)], stdout=log, stderr=log)
    try:
        wait_for(folder / ".s.PGSQL.6432")
        yield f"postgres://{there['user']}@{quote(str(folder), safe='')}:6432/{there['dbname']}"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def wait_for(file: Path) -> None:
    until = time.monotonic() + 10
    while not file.exists():
        assert time.monotonic() < until, "pgbouncer did not start"
        time.sleep(0.05)


def ask(site: Site, url: str, program: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a program with Django set up on that database."""
    program = f"import django; django.setup(); from django.db import connection, transaction; {program}"
    environment = os.environ | site.environment | {"DATABASE_URL": url} | more
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


READ_TIMEOUTS = """
with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), "
                       "current_setting('idle_in_transaction_session_timeout')")
        print(*cursor.fetchone())
"""


@pytest.mark.parametrize("ignoring", ["", pytest.param("options", marks=pytest.mark.nightly)])
def test_a_pooler_that_is_not_declared_is_refused_with_a_sentence(site, ignoring):
    with pooler(site, ignoring=ignoring) as url:
        done = ask(site, url, "connection.ensure_connection()")

    assert done.returncode != 0
    assert "Set DATABASE_POOLED=true, or name the server itself in DATABASE_URL." in done.stderr.splitlines()[-1]


@pytest.mark.nightly
def test_behind_a_declared_pooler_every_transaction_has_its_time_outs(site):
    with pooler(site) as url:
        done = ask(site, url, f"exec({READ_TIMEOUTS!r})", DATABASE_POOLED="true")

    assert done.stdout.split() == ["5s", "30s"], done.stderr


def test_a_direct_session_has_them_from_its_start(site):
    done = ask(site, site.url, f"exec({READ_TIMEOUTS!r})")

    assert done.stdout.split() == ["5s", "30s"], done.stderr


@pytest.mark.nightly
def test_behind_a_declared_pooler_people_book_and_the_ledger_is_checked(site):
    show = ShowFactory(screen__rows=4, screen__columns=20)
    seats = list(show.seats.order_by("pk").values_list("pk", flat=True))
    with pooler(site) as url:
        with site.serve(DATABASE_URL=url, DATABASE_POOLED="true") as server:
            act = buyer(server.port)
            outcomes = [act(Pair(show.pk, pair, 0)) for pair in zip(seats[:20:2], seats[1:20:2], strict=True)]
        checked = ask(
            site,
            url,
            "from django.core.management import call_command; call_command('check_ledger')",
            DATABASE_POOLED="true",
        )

    assert outcomes == ["booked"] * 10
    assert "The ledger explains every seat" in checked.stdout, checked.stderr
    assert not wrongs(Show.objects.get(pk=show.pk))


def test_a_lock_times_out_behind_the_pooler_too(site):
    show = ShowFactory()
    other = psycopg2.connect(site.url)
    with other, other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cinema_show WHERE id = %s FOR UPDATE", [show.pk])
        with pooler(site) as url:
            program = f"""
from cinema.exceptions import DatabaseBusy
from cinema.services.core.locking import lock_show
from cinema.services.core.transactions import atomically
try:
    atomically(lock_show)(pk={show.pk})
except DatabaseBusy:
    print("busy")
"""
            done = ask(site, url, f"exec({program!r})", DATABASE_POOLED="true")
    other.close()

    assert done.stdout.strip() == "busy", done.stderr
