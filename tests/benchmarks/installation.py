"""A temporary cinema on its own PostgreSQL, which syncs every commit."""

import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from tests import postgres
from tests.environment import forget_settings


@contextmanager
def installation(
    url: str = "", *, settings: str = "tests.benchmarks.settings", environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, Path]]:
    """Set up the cinema on the database of ``url``, or a PostgreSQL of its own that syncs every commit; yield its URL
    and a scratch directory. ``environment`` is set beside what every installation here has."""
    with tempfile.TemporaryDirectory(prefix="cinema-benchmark-") as scratch:
        url = url or postgres.start(durable=True)
        forget_settings()
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": settings,
            "BENCHMARK_SCRATCH": scratch,
            "DATABASE_URL": url,
            "DEMO": "true",  # for plain HTTP and the test gateway
            "SECRET_KEY": secrets.token_urlsafe(50),
            "EMAIL_URL": "dummy:",
            **(environment or {}),
        }
        prepare()
        yield url, Path(scratch)


def prepare() -> None:
    """Make the tables and collect the static files, by the settings of the environment."""
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
