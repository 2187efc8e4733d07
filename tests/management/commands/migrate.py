"""`migrate` as tests and benchmarks run it: what the migrations make of an empty database is made once, and copied.

The copies are in .pytest_cache, by the content of the migrations and by the versions of the packages; so are those of
`migrate cinema NAME`, which goes on from the nearest copy before.

MIGRATE_PLAINLY=1 migrates exactly as everywhere; otherwise models are rendered only when needed.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import connection
from psycopg2.extensions import make_dsn

from tests import postgres
from tests.migration_states import rendered_when_needed

CACHE = Path(settings.BASE_DIR) / ".pytest_cache" / "migrated"
PLAINLY = bool(os.environ.get("MIGRATE_PLAINLY"))
WHOLE = "whole"  # after the names of all migrations, which begin with a number


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        with nullcontext() if PLAINLY else rendered_when_needed():
            return self.migrate(*args, **options)

    def migrate(self, *args: Any, **options: Any) -> str | None:
        if options["app_label"] not in (None, "cinema") or connection.introspection.table_names():
            return super().handle(*args, **options)
        restore, save = {
            "sqlite": (restore_sqlite, save_sqlite),
            "postgresql": (restore_postgresql, save_postgresql),
        }[connection.vendor]
        name = options["migration_name"] or ""
        copies = CACHE / f"{digest()}.{connection.vendor}"
        with alone_with(copies):  # processes that start at once do not all make the same
            copy = copies / (name or WHOLE)
            if copy.exists():
                restore(copy)
                return None
            if before := max((other for other in copies.iterdir() if other.name < name), default=None):
                restore(before)
            output = super().handle(*args, **options)
            unfinished = CACHE / f"{os.getpid()}.unfinished"
            if save(unfinished):
                unfinished.replace(copy)
        return output


@contextmanager
def alone_with(directory: Path) -> Iterator[None]:
    """Create the directory, and let one process after the other use it."""
    directory.mkdir(parents=True, exist_ok=True)
    with directory.with_suffix(f"{directory.suffix}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest() -> str:
    """A fingerprint of all that the tables come from."""
    root = Path(settings.BASE_DIR)
    files = [*sorted((root / "cinema" / "migrations").glob("*.py")), root / "requirements.txt"]
    how = b"plainly" if PLAINLY else b""
    return hashlib.sha256(how + b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


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
