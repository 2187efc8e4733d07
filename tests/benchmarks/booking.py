"""How fast the cinema sells, compared with the fewest SQL statements that could.

    .venv/bin/python -m tests.benchmarks.booking [--quick] [--gunicorn "cinema.wsgi --workers 2"]

Starts a PostgreSQL of its own that syncs every commit, fills it (stage.py), measures with 1 and 8 clients, each a
process (load.py): the floor, plain psycopg2 (floor.py); the service; over HTTP against gunicorn (server.py) a booking
in one step and a buyer's whole way (clients.py); then 50 buyers after the same two seats (contest.py), the SQL
statements of each request and the weight of a first visit (pages.py). Clients, server and database share the machine.
"""

import argparse
import shlex

from tests.benchmarks import server
from tests.benchmarks.installation import installation


def main() -> None:
    options = _options()
    with installation() as (url, scratch):
        from tests.benchmarks.measures import measure  # needs Django to be set up

        measure(url=url, scratch=scratch, gunicorn=shlex.split(options.gunicorn), part=5 if options.quick else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast the cinema sells.")
    parser.add_argument("--quick", action="store_true", help="a fifth of the work: a first impression")
    parser.add_argument("--gunicorn", default=server.PAGES, metavar="OPTIONS", help="%(default)s")
    return parser.parse_args()


if __name__ == "__main__":
    main()
