"""The measurements of a booking, in their order, and their tables."""

import os
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from cinema.models import PaymentMode, Show, User
from cinema.selectors.figures.ledger import ledger_faults
from cinema.services.booking.booking import book_tickets
from cinema.services.booking.booking_requests import BookingRequest, Contact
from cinema.services.booking.seat_requests import SeatRequest, Source
from cinema.services.people.tokens import create_token
from tests import postgres
from tests.benchmarks import clients, floor, load, pages, server
from tests.benchmarks.contest import contest
from tests.benchmarks.figures import note
from tests.benchmarks.load import Act, Run
from tests.benchmarks.stage import TICKETS, Pair, Stage

CONTENDERS, CONTESTS = 50, 10
LINE = "{:<26} {:>7} {:>6} {:>8} {:>9} {:>7} {:>7} {:>9}  {}"
SHORT = "{:<44} {:>9} {:>9}"
CONTACT = Contact("Asha Rao", "asha@example.org")


def measure(*, url: str, scratch: Path, gunicorn: Sequence[str], part: int) -> None:
    """Measure everything, or only a ``part``-th, and print it.

    Raises RuntimeError if the ledger is wrong afterwards.
    """
    print(f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} CPUs, {postgres.version(url)}, every commit synced")
    print(f"gunicorn {' '.join(gunicorn)}; each client is a process; load average {os.getloadavg()[0]:.1f}")
    stage = Stage()
    keys = tokens()
    print(f"{TICKETS:,} tickets sold before; a booking is 2 seats at one of {len(stage.open_shows)} shows\n")

    print(LINE.format("", "clients", "n", "seconds", "a second", "p50 ms", "p95 ms", "of floor", "outcomes"))
    lines = partial(_lines, part=part)
    floors = lines("the floor: plain psycopg2", partial(floor.client, url), stage.take_for_floor, {1: 1000, 8: 4000})
    lines = partial(lines, take=stage.take, floors=floors)
    lines("book_tickets()", service, counts={1: 400, 8: 1600})
    with server.gunicorn(gunicorn, scratch / "gunicorn.log") as serving:
        port = serving.port
        lines("POST /api/book/", partial(clients.kiosk, port, keys[0]), counts={1: 300, 8: 1600})
        lines("a whole way, 9 requests", partial(clients.buyer, port), counts={1: 60, 8: 400})
        contests = [contest([pair] * CONTENDERS, port, keys) for pair in stage.take(CONTESTS)]
        weights = list(pages.weights(port, stage))
    contests.sort(key=lambda run: run.seconds)
    _print_run(f"{CONTENDERS} for 2 seats: median", contests[CONTESTS // 2])
    _print_run(f"{CONTENDERS} for 2 seats: slowest", contests[-1])

    print("\n" + SHORT.format("SQL statements (+ BEGIN and COMMIT)", "", "aim ≤"))
    for name, count, around, aim in pages.statements(stage, keys[0]):
        print(SHORT.format(name, f"{count} + {around}" if around else f"{count}    ", aim or ""))
    print("\n" + SHORT.format("Bytes on the wire", "", "aim ≤"))
    for name, size, aim in weights:
        print(SHORT.format(name, f"{size:,}", f"{aim:,}"))
    _check_ledger(stage)


def _lines(
    name: str,
    client: Callable[[], Act],
    take: Callable[[int], list[Pair]],
    counts: dict[int, int],
    *,
    part: int,
    floors: dict[int, Run] | None = None,
) -> dict[int, Run]:
    """Make ``counts`` bookings with so many clients each; print a line for each and return the runs."""
    runs = {}
    for number, count in counts.items():
        jobs = take(count // part + number * load.WARM_UP)
        runs[number] = load.run(jobs, clients=number, client=client)
        _print_run(name, runs[number], (floors or runs)[number])
    if floors:
        _note(name, runs[max(runs)], floors[max(runs)])
    return runs


def _note(name: str, run: Run, floor: Run) -> None:
    what = f"Bookings of two seats, {run.clients} clients: {name}"
    note(what, run.per_second, "a second", floor=floor.per_second, floor_is="plain psycopg2 on the same tables")


def _print_run(name: str, run: Run, floor: Run | None = None) -> None:
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(run.outcomes.items()))
    print(
        LINE.format(
            name,
            run.clients,
            len(run.times),
            f"{run.seconds:.3f}",
            f"{run.per_second:.1f}" if floor else "",
            f"{run.percentile(50) * 1000:.1f}",
            f"{run.percentile(95) * 1000:.1f}",
            f"{run.per_second / floor.per_second:.2f}" if floor else "",
            outcomes,
        ),
        flush=True,
    )


def service() -> Act:
    """Call the service as a view does, with a new buyer and key for each booking."""

    def book(pair: Pair) -> str:
        buyer = secrets.token_urlsafe(16)
        book_tickets(
            seats=SeatRequest(pair.show_id, pair.seats, buyer, Source()),
            request=BookingRequest(CONTACT, PaymentMode.UPI, key=buyer),
        )
        return "booked"

    return book


def tokens(count: int = CONTENDERS) -> list[str]:
    """A token for each user that takes part."""
    users = User.objects.bulk_create(
        User(email=f"asha{n}@example.org", name="Asha Rao", password="!") for n in range(count)
    )
    return [create_token(user=user, label="Kiosk")[1] for user in users]


def _check_ledger(stage: Stage) -> None:
    shows = Show.objects.filter(pk__in=[show.pk for show in stage.open_shows])
    faults = list(ledger_faults(shows))
    if faults:
        raise RuntimeError(f"{len(faults)} faults in the ledger, such as: {faults[0]}")
    print(f"\nAfterwards the ledger explains every seat of the {len(shows)} shows.")
