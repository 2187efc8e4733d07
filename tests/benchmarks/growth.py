"""Does the cinema slow down as its past grows?

    .venv/bin/python -m tests.benchmarks.growth [--on sqlite] [--quick]

Makes three cinemas that are alike but for their past, of 1,200, 100,000 and 10 million seats at shows (past.py), each
in a database of its own on a PostgreSQL that syncs every commit, or on SQLite; then sells and opens pages in all of
them, turn by turn (growth_measures.py), and prints the median of each step at each size. 10 million take some minutes
to make and 6 GB.
"""

import argparse
import os
import tempfile
from datetime import datetime
from pathlib import Path

from tests import postgres
from tests.benchmarks.installation import installation

SIZES, QUICK_SIZES = [1_200, 100_000, 10_000_000], [1_200, 100_000]
ROUNDS, QUICK_ROUNDS = 60, 15


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="cinema-growth-", dir=options.directory) as directory:
        url = f"sqlite:///{directory}/cinema.sqlite3" if options.on == "sqlite" else ""
        with installation(url) as (url, _):
            from django.db import connection

            from tests.benchmarks import growth_measures as measures  # needs Django to be set up

            print(f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} CPUs, {connection.vendor}, every commit synced")
            databases = {rows: _database(url, rows, Path(directory)) for rows in options.sizes}
            lines = measures.measure(databases, options.rounds)
            measures.show(lines, options.sizes)
            for database in databases.values():
                database.close()


def _database(url: str, rows: int, directory: Path) -> object:
    """A connection to a new, empty database for a cinema of this size."""
    from django.db import connections

    database = connections["default"].copy()
    if database.vendor == "sqlite":
        database.settings_dict["NAME"] = directory / f"{rows}.sqlite3"
    else:
        postgres.run(url, f"CREATE DATABASE growth_{rows}")
        database.settings_dict["NAME"] = f"growth_{rows}"
    return database


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Does the cinema slow down as its past grows?")
    parser.add_argument("--on", choices=["postgresql", "sqlite"], default="postgresql", help="%(default)s")
    parser.add_argument("--quick", action="store_true", help="without the largest, and fewer turns: a first impression")
    parser.add_argument("--sizes", type=int, nargs="+", help="seats at shows, the fewest first; at least 1200")
    parser.add_argument("--rounds", type=int, help="turns")
    parser.add_argument("--directory", help="where the files of SQLite lie; %(default)s: with other temporary files")
    options = parser.parse_args()
    options.sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    return options


if __name__ == "__main__":
    main()
