"""A run from the first request to the table."""

import argparse
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tqdm import tqdm

from tests.benchmarks import server
from tests.chaos import world
from tests.chaos.faults import Trouble, plan
from tests.chaos.gateway import Gateway
from tests.chaos.gunicorn_config import UNGUARDED, UNTIDY
from tests.chaos.history import History, Over
from tests.chaos.providers import Providers
from tests.chaos.record import Kind, Record
from tests.postgres import Postgres
from tests.postgres import run as execute

CONFIG = "tests/chaos/gunicorn_config.py"
LOOK = 1  # seconds between two looks at whether all is well with this program
FORGET = "ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM SET wal_writer_delay = '10s'"


def play(options: argparse.Namespace) -> Record:
    """Set the cinema up, run all clients, and wait until the jobs are done; return the record for the checks."""
    os.environ |= {name: "1" for name, wanted in ((UNTIDY, options.untidy), (UNGUARDED, options.unguarded)) if wanted}
    gateway = Providers(_rng(options, "providers")) if options.providers else Gateway(_rng(options, "gateway"))
    with (
        gateway.running() as environment,
        world.database(options.database) as (url, database),
        world.cinema(url, environment) as logs,
    ):
        from tests.chaos import books
        from tests.chaos.unprotected import forget_messages, unprotect_database

        programme = world.Programme(options.shows)
        people = world.people(programme.theatre)
        if options.forgetful:
            execute(url, "CHECKPOINT", *FORGET, "SELECT pg_reload_conf()")
        if options.unlocked:
            unprotect_database()
        if options.gullible:
            forget_messages()
        gateway.calm = options.unguarded  # refunds are done at once, and told of at once
        cinema = Cinema(programme, people, gateway, database)
        history, trouble, undone = _fight(options, cinema, logs / "gunicorn.log")
        log = "".join(file.read_text() for file in sorted(logs.iterdir()))
        database_log = database.server.log.read_text() if database else ""
        read = books.read(gateway.charges(), gateway.balances())
        return Record(history.answers, read, log, database_log, trouble.hits, undone, gateway.hits, gateway.done)


class Cinema(NamedTuple):
    """What a run is about."""

    programme: world.Programme
    people: world.People
    gateway: Gateway | Providers
    database: Postgres | None


def _rng(options: argparse.Namespace, what: str) -> Random:
    return Random(f"{options.seed} {what}")


def _fight(options: argparse.Namespace, cinema: Cinema, log: Path) -> tuple[History, Trouble, list[str]]:
    from tests.chaos import keeper
    from tests.chaos.wire import Line

    rng = partial(_rng, options)
    programme, people, gateway, database = cinema
    counts = {kind: getattr(options, kind) for kind in Kind}
    arguments = ["--config", CONFIG, "--workers", str(options.workers)]
    with server.gunicorn(arguments, log) as house, tqdm(total=options.requests, unit="req", disable=None) as bar:
        history = History(options.requests, bar)
        gateway.line = Line(house.port, "gateway", history, rng("webhooks"))
        trouble = Trouble(plan(rng("faults"), options.requests, counts), history, house.pid, database, rng("targets"))
        over = threading.Event()
        work = [lambda: keeper.keep(programme, over), lambda: trouble.work(over), lambda: gateway.work(over)]
        if options.unlocked:
            work.append(lambda: keeper.end_when_sold_twice(history, over))
        if options.gullible or options.unguarded:
            work.append(lambda: keeper.end_when_posted_twice(history, over))
        _let_loose(_everybody(options, cinema, house.port, history), work, history, over)
        if options.unlocked or options.gullible or options.unguarded:
            return history, trouble, []  # there is no order to come to
        if options.providers:
            gateway.close()
            keeper.settle_with(gateway)
        return history, trouble, keeper.rest(gateway, people)


def _everybody(options: argparse.Namespace, cinema: Cinema, port: int, history: History) -> list[Any]:
    """Everybody who comes: buyers, staff, and, unless all of them want to book, a seller, a printer and the doors."""
    from tests.chaos.counter import Seller
    from tests.chaos.door import Ushers
    from tests.chaos.moviegoers import Moviegoer
    from tests.chaos.printer import ReceiptPrinter
    from tests.chaos.staff import Staff
    from tests.chaos.wire import Line

    rng, house, people = partial(_rng, options), cinema.programme.house, cinema.people

    def line(who: str) -> Line:
        return Line(port, who, history, rng(f"line of {who}"))

    coming: list[Any] = [
        Moviegoer(line(who), house, cinema.gateway, people.token, rng(who), rush=options.rush)
        for who in (f"buyer {n}" for n in range(options.clients))
    ]
    coming.append(Staff(line("staff"), house, people.owner, rng("staff")))
    if not options.rush:
        coming.append(Seller(line("seller"), house, people, rng("seller")))
        coming.append(ReceiptPrinter(line("printer"), people.printer, rng("printer")))
        coming.append(Ushers((line("door 1"), line("door 2")), house, people, rng("ushers")))
    return coming


def _let_loose(
    people: Sequence[Any], others: Sequence[Callable[[], None]], history: History, over: threading.Event
) -> None:
    """Let people come again and again until there were enough requests, while the others work until it is ``over``.

    Raises whatever went wrong in one of them: that would be a mistake of this program.
    """
    with ThreadPoolExecutor(len(people) + len(others)) as pool:
        working = [pool.submit(other) for other in others]
        coming = [pool.submit(_come_again, person) for person in people]
        everybody = [*coming, *working]
        try:
            while not all(future.done() for future in coming):
                wait(coming, timeout=LOOK)
                if any(future.done() and future.exception() for future in everybody):
                    history.stop()
        finally:  # also when this program is told to end
            history.stop()
            over.set()
    for future in everybody:
        future.result()


def _come_again(person: Any) -> None:
    with suppress(Over):
        while True:
            person.visit()
