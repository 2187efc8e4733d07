"""A run from the first request to the table."""

import argparse
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from tqdm import tqdm

from tests.benchmarks import server
from tests.chaos import world
from tests.chaos.faults import Trouble, plan
from tests.chaos.gunicorn_config import UNTIDY
from tests.chaos.history import History, Over
from tests.chaos.record import Kind, Record
from tests.postgres import Postgres
from tests.postgres import run as execute

CONFIG = "tests/chaos/gunicorn_config.py"
LOOK = 1  # seconds between two looks at whether all is well with this program
FORGET = "ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM SET wal_writer_delay = '10s'"


def play(options: argparse.Namespace) -> Record:
    """Set the cinema up, run all clients, and wait until the jobs are done; return the record for the checks."""
    if options.untidy:
        os.environ[UNTIDY] = "1"
    with world.database(options.database) as (url, database), world.cinema(url) as logs:
        from tests.chaos import books
        from tests.chaos.unprotected import unprotect_database

        programme, people = world.Programme(options.shows), world.people()
        if options.forgetful:
            execute(url, "CHECKPOINT", *FORGET, "SELECT pg_reload_conf()")
        if options.unlocked:
            unprotect_database()
        history, trouble, undone = _fight(options, programme, people, database, logs / "gunicorn.log")
        log = "".join(file.read_text() for file in sorted(logs.iterdir()))
        database_log = database.server.log.read_text() if database else ""
        return Record(history.answers, books.read(), log, database_log, trouble.hits, undone)


def _fight(
    options: argparse.Namespace,
    programme: world.Programme,
    people: dict[str, str],
    database: Postgres | None,
    log: Path,
) -> tuple[History, Trouble, list[str]]:
    from tests.chaos.gateway import Gateway
    from tests.chaos.keeper import end_when_sold_twice, keep, rest
    from tests.chaos.moviegoers import Moviegoer
    from tests.chaos.staff import Staff
    from tests.chaos.wire import Line

    def rng(what: str) -> Random:
        return Random(f"{options.seed} {what}")

    counts = {kind: getattr(options, kind) for kind in Kind}
    arguments = ["--config", CONFIG, "--workers", str(options.workers)]
    with server.gunicorn(arguments, log) as house, tqdm(total=options.requests, unit="req", disable=None) as bar:
        history = History(options.requests, bar)
        line = Line(house.port, "gateway", history, rng("webhooks"))
        gateway = Gateway(line, rng("gateway"))
        trouble = Trouble(plan(rng("faults"), options.requests, counts), history, house.pid, database, rng("targets"))
        clients = [
            Moviegoer(Line(house.port, f"buyer {n}", history, rng(f"line {n}")), programme.house, gateway,
                      people["token"], rng(f"buyer {n}"), rush=options.rush)
            for n in range(options.clients)
        ]  # fmt: skip
        staff = Staff(Line(house.port, "staff", history, rng("desk")), programme.house, people["session"], rng("staff"))
        over = threading.Event()
        work = [lambda: keep(programme, over), lambda: trouble.work(over), lambda: gateway.work(over)]
        if options.unlocked:
            work.append(lambda: end_when_sold_twice(history, over))
        _let_loose([*clients, staff], work, history, over)
        return history, trouble, rest(0) if options.unlocked else rest()  # without locks there is no order to come to


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
