"""How fast the cinema sells, compared with the fewest SQL statements that could.

    .venv/bin/python -m tests.benchmarks.booking [--quick] [--gunicorn "--workers 2 --worker-class sync"]

Starts a PostgreSQL of its own that syncs every commit, fills it (stage.py), measures with 1 and 8 clients, each a
process (load.py): the floor, plain psycopg2 (floor.py); the service; over HTTP against gunicorn (server.py) a booking
in one step and a buyer's whole way (clients.py); then 50 buyers after the same two seats (contest.py), the SQL
statements of each request and the weight of a first visit (pages.py). Clients, server and database share the machine.
"""

import argparse
import os
import secrets
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from tests import postgres
from tests.benchmarks import server

LEFT_OUT = (
    "DEBUG",
    "ALLOWED_HOSTS",
    "CURRENCY",
    "HOLD_MINUTES",
    "WAIT_OFFER_MINUTES",
    "MAX_SEATS",
    "SITE_URL",
    "PAYMENT_GATEWAY",
)


def main() -> None:
    options = _options()
    with _installation() as (url, scratch):
        from tests.benchmarks.measures import measure  # needs Django to be set up

        measure(url=url, scratch=scratch, gunicorn=shlex.split(options.gunicorn), part=5 if options.quick else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast the cinema sells.")
    parser.add_argument("--quick", action="store_true", help="a fifth of the work: a first impression")
    parser.add_argument("--gunicorn", default=shlex.join(server.OPTIONS), metavar="OPTIONS", help="%(default)s")
    return parser.parse_args()


@contextmanager
def _installation() -> Iterator[tuple[str, Path]]:
    """Set up the cinema on a PostgreSQL of its own that syncs every commit; yield its URL and a scratch directory."""
    with tempfile.TemporaryDirectory(prefix="cinema-benchmark-") as scratch:
        url = postgres.start(durable=True)
        for name in LEFT_OUT:
            os.environ.pop(name, None)  # a developer's own environment does not change what is measured
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "BENCHMARK_SCRATCH": scratch,
            "DATABASE_URL": url,
            "DEMO": "true",  # for plain HTTP and the test gateway
            "SECRET_KEY": secrets.token_urlsafe(50),
            "EMAIL_URL": "dummy:",
        }
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield url, Path(scratch)


if __name__ == "__main__":
    main()
