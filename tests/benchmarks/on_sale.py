"""A thousand buyers at the moment that sales open for three hundred seats.

    .venv/bin/python -m tests.benchmarks.on_sale [--buyers 1000]

Starts a PostgreSQL of its own that syncs every commit, and gunicorn with pages and streams (server.LIVE). Everybody
opens the map; then all of them, at one moment, want two or more seats side by side in the best rows. Who is refused
takes one of the offers, then asks for the best seats left, until they have seats or are told that none are left.
Who holds seats checks out and pays when the rush is over, all of them at one moment again. Buyers, server and database
share the machine.
"""

import argparse
import os
import random
import resource
import shlex
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from tests import postgres
from tests.benchmarks import server
from tests.benchmarks.crowd import WAIT, Answer, Buyer, Figure, Request, percentile, play
from tests.benchmarks.figures import note
from tests.benchmarks.installation import installation

CONTACT = {"name": "Asha Rao", "email": "asha@example.org", "phone": "+91 98200 12345", "mode": "UPI"}
PARTIES, HOW_OFTEN = [1, 2, 3, 4], [10, 60, 15, 15]
HOLDING = "holding seats"
EMPTY = "/empty/"  # in tests.benchmarks.urls
LINE = "{:<26} {:>7} {:>8} {:>8} {:>8}  {}"


def main() -> None:
    options = _options()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    with installation() as (url, scratch):
        from tests.benchmarks.stage import schedule  # needs Django to be set up

        show = schedule(1)[0]
        print(f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} CPUs, {postgres.version(url)}, every commit synced")
        print(f"gunicorn {server.LIVE}; load average {os.getloadavg()[0]:.1f}\n")
        with server.gunicorn(shlex.split(server.LIVE), scratch / "gunicorn.log") as house:
            _measure(house, show, options.buyers)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The moment that sales open.")
    parser.add_argument("--buyers", type=int, default=1000, help="%(default)s")
    return parser.parse_args()


def _measure(house: server.Server, show, count: int) -> None:
    from cinema.selectors.figures.ledger import unexplained_seats

    rows = _rows(show)
    rng = random.Random(1)
    opening = [_opener(show.pk) for _ in range(count)]
    sizes = [rng.choices(PARTIES, HOW_OFTEN)[0] for _ in range(count)]
    buyers = [_buyer(show.pk, _wish(rows, size, rng), size, rng) for size in sizes]
    _, empty = play([_nothing() for _ in range(count)], house.port)
    print(LINE.format("", "answers", "p50 s", "p95 s", "longest", "by status"))
    _, figures = play(opening[: count // 4], house.port)
    _print(figures)
    used: list[float] = []
    ends, figures = play(buyers, house.port, at_each_moment=lambda: used.append(house.cpu_seconds()))
    used.append(house.cpu_seconds())
    _print([*empty, *figures])
    _note(count, figures, empty)
    print(f"\n{count} buyers: " + ", ".join(f"{n} {end}" for end, n in Counter(ends).most_common()))
    rush, paying = used[1] - used[0], used[2] - used[1]
    print(f"server: {rush:.1f} CPU seconds for the rush, {paying:.1f} for paying, {house.megabytes():.0f} MB")
    _check(show, figures, unexplained_seats(show))


def _note(count: int, figures: Sequence[Figure], empty: Sequence[Figure]) -> None:
    floor = percentile([figure.seconds for figure in empty], 95)
    held = [figure.seconds for figure in figures if figure.what == HOLDING]
    what = f"{count:,} buyers at once want seats, and are answered: 95th percentile"
    note(what, percentile(held, 95), "s", floor=floor, floor_is="as many ask for an empty page")


def _print(figures: Sequence[Figure]) -> None:
    by_request = defaultdict(list)
    for figure in figures:
        by_request[figure.what].append(figure)
    by_request["all of them"] = list(figures)
    for what, found in by_request.items():
        seconds = [figure.seconds for figure in found]
        statuses = Counter(figure.status for figure in found)
        shown = [f"{percentile(seconds, percent):.2f}" for percent in (50, 95, 100)]
        print(LINE.format(what, len(found), *shown, ", ".join(f"{n}×{s}" for s, n in sorted(statuses.items()))))


def _check(show, figures: Sequence[Figure], faults: list[str]) -> None:
    from cinema.models import ShowSeat, TicketSeat

    sold = TicketSeat.objects.filter(show_seat__show=show, active=True, ticket__status="CONFIRMED")
    seats = list(sold.values_list("show_seat", flat=True))
    free = ShowSeat.objects.filter(show=show, status="AVAILABLE").count()
    failures = sum(figure.status >= 500 for figure in figures)
    print(
        f"seats sold: {len(seats)}, twice: {len(seats) - len(set(seats))}, left: {free}; answers over 500: {failures}"
    )
    if faults or len(seats) != len(set(seats)):
        raise RuntimeError(f"The ledger does not explain it: {faults[:3]}")
    print("Afterwards the ledger explains every seat.")


def _rows(show) -> list[list[int]]:
    """The seats of each row, the best rows first."""
    rows = defaultdict(list)
    for row, pk in show.seats.order_by("-seat__y", "seat__x").values_list("seat__y", "pk"):
        rows[row].append(pk)
    return list(rows.values())


def _wish(rows: list[list[int]], size: int, rng: random.Random) -> list[int]:
    """Seats side by side, most often in the middle of the better rows."""
    row = rows[min(len(rows) - 1, int(rng.expovariate(0.3)))]
    first = round(rng.gauss((len(row) - size) / 2, 3))
    first = max(0, min(len(row) - size, first))
    return row[first : first + size]


def _nothing() -> Buyer:
    yield Request("an empty page: the floor", EMPTY)
    return "looked"


def _opener(show_id: int) -> Buyer:
    yield Request("opening the map", f"/shows/{show_id}/")
    return "looked"


def _buyer(show_id: int, seats: list[int], size: int, rng: random.Random) -> Buyer:
    """A buyer with an open map, waiting for the sale to start."""
    answer = yield Request("a token", "/tickets/")
    yield WAIT
    answer = yield Request(HOLDING, f"/shows/{show_id}/hold/", {"seats": seats}, live=True)
    if offers := answer.values("instead"):
        offer = {"instead": rng.choice(offers)}
        answer = yield Request("taking an offer", f"/shows/{show_id}/hold/", offer, live=True)
    while not answer.leads_to and size and "We can’t find a free seat" not in answer.text:
        answer = yield Request("the best that are left", f"/shows/{show_id}/best/", {"party": size}, live=True)
        size -= 1
    if answer.leads_to:
        yield WAIT  # to type a name and an address takes longer than the rush
        return (yield from _pay(answer))
    return "went home without seats"


def _pay(answer: Answer) -> Buyer:
    hold = answer.leads_to
    page = yield Request("checkout page", hold)
    fields = {name: page.values(name)[0] for name in ("total", "key")} | {"seats": page.values("seats")}
    answer = yield Request("checking out", hold, CONTACT | fields)
    gateway = answer.leads_to
    answer = yield Request("paying", gateway, {"decision": "pay"})
    page = yield Request("ticket", answer.leads_to)
    if page.leads_to:
        page = yield Request("ticket", page.leads_to)
    return "have a ticket" if page.status == 200 and "/tickets/" in page.text else "paid, without a ticket"


if __name__ == "__main__":
    main()
