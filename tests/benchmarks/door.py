"""How many scans a second the door answers, compared with the fewest SQL statements that admit somebody once.

    .venv/bin/python -m tests.benchmarks.door [--quick]

Starts a PostgreSQL of its own that syncs every commit, sells 1,200 tickets of two seats, and scans one after the other:
by plain psycopg2 (the floor), by the service, and as whole requests with their session, user and roles. Prints scans a
second, milliseconds and SQL statements of each; then how large the list for a time without a network is, and how long
the server makes it.
"""

import argparse

from tests.benchmarks.installation import installation


def main() -> None:
    options = _options()
    with installation() as (url, _scratch):
        from tests.benchmarks import door_measures  # needs Django to be set up

        door_measures.measure(url, scans=60 if options.quick else 300)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How many scans a second the door answers.")
    parser.add_argument("--quick", action="store_true", help="a fifth of the scans: a first impression")
    return parser.parse_args()


if __name__ == "__main__":
    main()
