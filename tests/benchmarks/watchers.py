"""How soon ten thousand open seat maps of one show know of a change, while bookings go on.

    .venv/bin/python -m tests.benchmarks.watchers [--watchers 10000] [--changes 10] [--seconds 30]

Starts a PostgreSQL of its own that syncs every commit, and gunicorn with pages and streams (server.LIVE); opens the
maps (audience.py); lets one more buyer hold seats and let them go, over HTTP, so many times a second; and then lets a
hold run out. A delay runs from the change's time in the ledger, which is before its commit, to the last byte of the
message. Watchers, buyers, server and database share the machine.
"""

import argparse
import multiprocessing
import os
import resource
import select
import shlex
import statistics
from datetime import datetime
from multiprocessing.synchronize import Event
from time import monotonic, sleep, time

import psycopg2

from tests import postgres
from tests.benchmarks import server
from tests.benchmarks.figures import note
from tests.benchmarks.installation import installation

fork = multiprocessing.get_context("fork")
RUN_OUT_WITHIN = 15  # seconds that are watched after a hold has run out
LINE = "{:<52} {:>12}"


def main() -> None:
    options = _options()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    if options.watchers > limit - 200:
        raise SystemExit(f"Each map needs a file descriptor, and a process here has {limit}: see ulimit -n.")
    with installation() as (url, scratch):
        from tests.benchmarks.stage import schedule  # needs Django to be set up

        show = schedule(1)[0]
        print(f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} CPUs, {postgres.version(url)}, every commit synced")
        print(f"gunicorn {server.LIVE}; load average {os.getloadavg()[0]:.1f}\n")
        with server.gunicorn(shlex.split(server.LIVE), scratch / "gunicorn.log") as house:
            _measure(house, show.pk, options, notified=_notified(url))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How soon open seat maps know of a change.")
    parser.add_argument("--watchers", type=int, default=10_000, help="%(default)s")
    parser.add_argument("--changes", type=float, default=10, help="a second, %(default)s")
    parser.add_argument("--seconds", type=float, default=30, help="%(default)s")
    return parser.parse_args()


def _notified(url: str) -> float:
    """The floor: the median milliseconds from a commit to PostgreSQL's notification of another connection."""
    listener, teller = psycopg2.connect(url), psycopg2.connect(url)
    listener.autocommit = teller.autocommit = True
    listener.cursor().execute("LISTEN floor")
    delays = []
    for _ in range(100):
        begun = monotonic()
        teller.cursor().execute("NOTIFY floor")
        select.select([listener], [], [])
        listener.poll()
        delays.append((monotonic() - begun) * 1000)
    listener.close(), teller.close()
    return statistics.median(delays)


def _measure(house: server.Server, show_id: int, options: argparse.Namespace, notified: float) -> None:
    from django.db import connection

    from tests.benchmarks.audience import Audience

    alone, changes = _cpu_of(house, show_id, options, watch=sleep)
    _say("bookings alone: changes a second", f"{changes / options.seconds:.1f}")
    _say("bookings alone: cores", f"{alone / options.seconds:.2f}")
    before, start = house.megabytes(), monotonic()
    audience = Audience(house.port, show_id, _revision(show_id), options.watchers)
    _say("open maps", f"{audience.size:,}")
    _say("all open after, seconds", f"{monotonic() - start:.1f}")
    audience.watch(3)
    first = _revision(show_id)
    used, changes = _cpu_of(house, show_id, options, watch=audience.watch)
    audience.watch(3)
    delays = audience.delays(_changes(show_id, first))
    _say("changes a second", f"{changes / options.seconds:.1f}")
    _say("delay: median, ms", f"{delays[len(delays) // 2] * 1000:.0f}")
    _say("delay: 95th percentile, ms", f"{delays[len(delays) * 95 // 100] * 1000:.0f}")
    _say("delay: longest, ms", f"{delays[-1] * 1000:.0f}")
    told = f"A change is on {audience.size:,} open seat maps: "
    for name, percent in (("median", 50), ("95th percentile", 95)):
        value = delays[len(delays) * percent // 100] * 1000
        note(told + name, value, "ms", floor=notified, floor_is="PostgreSQL tells one listener")
    _say("messages, to all maps together", f"{sum(map(len, audience.told.values())):,}")
    _say("cores, with the bookings", f"{used / options.seconds:.2f}")
    _say("cores, for the open maps", f"{(used - alone) / options.seconds:.2f}")
    _say("memory of the server, MB (and before)", f"{house.megabytes():.0f} ({before:.0f})")
    at = _let_run_out(show_id)
    first = _revision(show_id)
    audience.watch(RUN_OUT_WITHIN)
    freed = _changes(show_id, first)
    delays = [delay + freed[0].at - at for delay in audience.delays(freed)] if freed else [float("inf")]
    _say("a hold that ran out is free on every map after, ms", f"{delays[-1] * 1000:.0f}")
    audience.close()
    connection.close()


def _say(what: str, figure: str) -> None:
    print(LINE.format(what, figure), flush=True)


def _cpu_of(house: server.Server, show_id: int, options: argparse.Namespace, watch) -> tuple[float, int]:
    """Let buyers hold and release while ``watch`` runs; return the server's CPU seconds and the number of changes."""
    from django.db import connections

    connections.close_all()  # a connection cannot be shared by processes
    stop, revision = fork.Event(), _revision(show_id)
    connections.close_all()
    buyer = fork.Process(target=_hold_and_let_go, args=(house.port, show_id, options.changes, stop), daemon=True)
    begin = house.cpu_seconds()
    buyer.start()
    watch(options.seconds)
    used = house.cpu_seconds() - begin
    stop.set()
    buyer.join()
    if buyer.exitcode:
        raise RuntimeError("The buyer came to grief.")
    return used, _revision(show_id) - revision


def _hold_and_let_go(port: int, show_id: int, changes: float, stop: Event) -> None:
    from tests.benchmarks.clients import Browser

    browser = Browser(port)
    page = browser.get(f"/shows/{show_id}/")
    seats = _seat_ids(show_id)
    pairs = [seats[n : n + 2] for n in range(0, len(seats) - 2, 2)]
    due, hold, n = time(), "", 0
    while not stop.is_set():
        if hold:
            browser.send(f"{hold}release/", page, {})
            hold = ""
        else:
            n += 1
            hold = browser.send(f"/shows/{show_id}/hold/", page, {"seats": pairs[n % len(pairs)]})
        due += 1 / changes
        sleep(max(0.0, due - time()))
    if hold:
        browser.send(f"{hold}release/", page, {})


def _seat_ids(show_id: int) -> list[int]:
    from cinema.models import ShowSeat

    return list(ShowSeat.objects.filter(show=show_id).order_by("pk").values_list("pk", flat=True))


def _revision(show_id: int) -> int:
    from cinema.models import Show

    return Show.objects.values_list("revision", flat=True).get(pk=show_id)


def _changes(show_id: int, after: int) -> list:
    from cinema.models import SeatEvent
    from tests.benchmarks.audience import Change

    events = SeatEvent.objects.filter(show=show_id, revision__gt=after).order_by("revision")
    return [Change(revision, at.timestamp()) for revision, at in events.values_list("revision", "at").distinct()]


def _let_run_out(show_id: int) -> float:
    """Let a hold of two seats expire now; return the time."""
    from django.db.models.functions import Now

    from cinema.models import Hold
    from cinema.services.booking.holds import hold_seats

    hold = hold_seats(show_id=show_id, seat_ids=_seat_ids(show_id)[-2:], buyer="somebody who forgets")
    Hold.objects.filter(pk=hold.pk).update(expires_at=Now())
    return time()


if __name__ == "__main__":
    main()
