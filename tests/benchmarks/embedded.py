"""Fill the cinema on the database of DATABASE_URL; print as JSON what can be booked: see sides.Stock.

Run by tests.benchmarks.sides as a program of its own, since one process has one database.
"""

import json
import sys

from tests.benchmarks.installation import prepare


def main() -> None:
    prepare()
    print(json.dumps(_fill(shows=int(sys.argv[1]), users=int(sys.argv[3]))))


def _fill(*, shows: int, users: int) -> dict[str, object]:
    from tests.benchmarks.measures import tokens
    from tests.benchmarks.stage import schedule

    seats = {show.pk: sorted(show.seats.values_list("pk", flat=True)) for show in schedule(shows)}
    return {"tokens": tokens(users), "shows": list(seats.items())}


if __name__ == "__main__":
    main()
