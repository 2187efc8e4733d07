"""`migrate` as tests and benchmarks run it: what the migrations make of an empty database is made once, and copied.

To make it takes five seconds each time. The copies are in .pytest_cache, by the content of the migrations and by the
versions of the packages; a database that is not empty is migrated as everywhere.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection
from psycopg2.extensions import make_dsn

from tests import postgres

CACHE = Path(settings.BASE_DIR) / ".pytest_cache" / "migrated"


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        if options["app_label"] or connection.introspection.table_names():
            return super().handle(*args, **options)
        copy = CACHE / f"{digest()}.{connection.vendor}"
        restore, save = {
            "sqlite": (restore_sqlite, save_sqlite),
            "postgresql": (restore_postgresql, save_postgresql),
        }[connection.vendor]
        if copy.exists():
            restore(copy)
            return None
        output = super().handle(*args, **options)
        CACHE.mkdir(parents=True, exist_ok=True)
        unfinished = copy.with_suffix(f".{os.getpid()}")
        if save(unfinished):
            unfinished.replace(copy)
        return output


def digest() -> str:
    """A fingerprint of all that the tables come from."""
    root = Path(settings.BASE_DIR)
    files = [*sorted((root / "cinema" / "migrations").glob("*.py")), root / "requirements.txt"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def save_sqlite(copy: Path) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    return True


def restore_sqlite(copy: Path) -> None:
    connection.close()
    shutil.copyfile(copy, connection.settings_dict["NAME"])


def save_postgresql(copy: Path) -> bool:
    """Dump it as statements; False if pg_dump is older than the server."""
    address = connection.get_connection_params()
    dsn = make_dsn(**{key: address[key] for key in ("dbname", "user", "password", "host", "port") if key in address})
    dump = subprocess.run(
        [postgres.commands() / "pg_dump", "--inserts", "--no-owner", "--dbname", dsn], capture_output=True, text=True
    )
    statements = [line for line in dump.stdout.splitlines() if not line.startswith("\\")]  # those of psql
    copy.write_text("\n".join(statements))
    return dump.returncode == 0


def restore_postgresql(copy: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(copy.read_text())
    connection.close()  # the dump sets a search path for its session
