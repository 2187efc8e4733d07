"""A short look at the cost of the hot way, for continuous integration.

    .venv/bin/python -m tests.benchmarks.smoke

Fails when book_tickets() costs more than 1 / LEAST of what plain psycopg2 (floor.py) does, or when a request of a
purchase takes more SQL statements than MOST. The cost is the time of processors, of this process and of PostgreSQL, so
that other work on the machine does not decide; both sides book in turns. It is read from /proc, so on Linux only.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.benchmarks.installation import installation

LEAST = 0.25
ROUNDS, BOOKINGS, SHOWS = 10, 50, 4
MOST = {  # SQL statements of a request on PostgreSQL, without BEGIN and COMMIT, nor reads of what a process keeps
    "browse": 6,
    "a film": 5,
    "seat map": 2,
    "hold": 5,
    "unchanged live poll": 1,
    "changed live poll": 5,
    "checkout page": 4,
    "pay (checkout posted)": 6,
    "confirm (back from the gateway)": 8,
    "webhook, repeated": 6,
    "ticket": 4,
    "POST /api/book/": 6,  # one of them notes that the token was used, not at every request
}


def main() -> None:
    with installation(postgres.start(durable=False)) as (url, _):
        complaints = [*_cost(url), *_statements()]
    if complaints:
        raise SystemExit("\n".join(complaints))


def _cost(url: str) -> Iterator[str]:
    """Book by the service and by the floor, in turns."""
    from tests.benchmarks import floor
    from tests.benchmarks.measures import service
    from tests.benchmarks.sides import Stock
    from tests.benchmarks.stage import an_old_hold, schedule

    *shows, _for_pages = schedule(2 * SHOWS + 1)
    old, acts = an_old_hold(shows[0]), [service(), floor.client(url)]
    stocks = [Stock.of(part) for part in (shows[:SHOWS], shows[SHOWS:])]  # apart, since the floor writes no ledger
    costs = [0.0, 0.0]
    for number in range(ROUNDS):
        for side, (stock, act) in enumerate(zip(stocks, acts, strict=True)):
            pairs = [pair._replace(old_hold=old) for pair in stock.take(BOOKINGS)]
            before = _cpu_seconds()
            for pair in pairs:
                act(pair)
            costs[side] += (_cpu_seconds() - before) * (number > 0)  # the first round prepares and imports
    each, ratio = costs[0] / (ROUNDS - 1) / BOOKINGS * 1000, costs[1] / costs[0]
    print(f"book_tickets(): {each:.2f} ms of processors, {ratio:.2f} of plain psycopg2 (at least {LEAST})")
    if ratio < LEAST:
        yield f"book_tickets() is at {ratio:.2f} of plain psycopg2, below {LEAST}."


def _statements() -> Iterator[str]:
    from cinema.models import Show
    from tests.benchmarks import pages
    from tests.benchmarks.measures import tokens
    from tests.benchmarks.sides import Stock

    free = Stock.of([Show.objects.latest("pk")])
    for request, count, *_ in pages.statements(free, tokens(1)[0]):
        print(f"{request}: {count} statements (at most {MOST.get(request)})")
        if count > MOST.get(request, 0):
            yield f"{request} takes {count} statements, more than {MOST.get(request)}."


def _cpu_seconds() -> float:
    """The time of processors that this process and PostgreSQL have used."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        [folder] = cursor.fetchone()
    server = Path(folder, "postmaster.pid").read_text().split()[0]
    workers = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ticks = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in workers)
    return time.process_time() + sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
