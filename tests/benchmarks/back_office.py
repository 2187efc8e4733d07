"""How quick the back office is with a year behind it.

    .venv/bin/python -m tests.benchmarks.back_office [--database postgres://… | sqlite:////…] [--quick]

Makes the demo's year (or goes on with the one in the database named) and measures: every page of the back office, with
arguments picked from the database, as SQL statements and milliseconds of one process; the year's figures; the memory
an export takes; and publishing a week of 336 shows. What is measured is undone, or only read.
"""

import argparse
import os
import time
from datetime import datetime

from tests.benchmarks.installation import installation


def main() -> None:
    options = _options()
    with installation(options.database):
        from tests.benchmarks import back_office_measures as measures  # needs Django to be set up

        if not measures.has_year(options.days):
            begun = time.monotonic()
            measures.load_year(options.days)
            print(f"\nThe demo with {options.days} days behind it took {time.monotonic() - begun:,.0f} s.")
        print(f"\n{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} CPUs, load average {os.getloadavg()[0]:.1f}")
        measures.measure(rounds=2 if options.quick else 7)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How quick the back office is with a year behind it.")
    parser.add_argument("--database", default="", metavar="URL", help="one to use, made if it is empty, and kept")
    parser.add_argument("--days", type=int, default=365, help="of the demo's year; %(default)s")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: a first impression")
    return parser.parse_args()


if __name__ == "__main__":
    main()
