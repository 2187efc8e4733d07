"""One run from the first request to the table."""

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

from tqdm import tqdm

from tests.benchmarks import server
from tests.chaos import world
from tests.chaos.faults import Kind, Trouble, plan
from tests.chaos.history import History, Over
from tests.chaos.record import Record
from tests.postgres import Postgres
from tests.postgres import run as execute

CONFIG = "tests/chaos/gunicorn_config.py"
FORGET = "ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM SET wal_writer_delay = '10s'"


def play(options: argparse.Namespace) -> Record:
    """Set the cinema up, let everybody loose, and wait until it is quiet; return what can be checked."""
    with world.database(options.database) as (url, database), world.cinema(url) as logs:
        from tests.chaos import books
        from tests.chaos.keeper import settle
        from tests.chaos.unprotected import unprotect_database

        programme, people = world.Programme(options.shows), world.people()
        if options.forgetful:
            execute(url, "CHECKPOINT", *FORGET, "SELECT pg_reload_conf()")
        if options.unlocked:
            unprotect_database()
        began = time.monotonic()
        history, trouble = _fight(options, programme, people, database, logs / "gunicorn.log")
        seconds = time.monotonic() - began
        settle()
        log = "".join(file.read_text() for file in sorted(logs.iterdir()))
        return Record(history.answers, books.read(), log, trouble.done, seconds)


def _fight(
    options: argparse.Namespace,
    programme: world.Programme,
    people: dict[str, str],
    database: Postgres | None,
    log: Path,
) -> tuple[History, Trouble]:
    from tests.chaos.gateway import Gateway
    from tests.chaos.keeper import keep
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
        clients_done, all_done = threading.Event(), threading.Event()
        with (
            _thread(lambda: keep(programme, all_done)),
            _thread(lambda: trouble.work(clients_done)),
            _thread(lambda: gateway.work(all_done)),
        ):
            with _threads([*clients, staff]):
                pass
            clients_done.set()
            all_done.set()
    return history, trouble


@contextmanager
def _threads(people: list) -> Iterator[None]:
    """Let each come again and again until there were enough requests."""

    def work(person) -> None:
        with suppress(Over):
            while True:
                person.visit()

    threads = [threading.Thread(target=work, args=[person], daemon=True) for person in people]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


@contextmanager
def _thread(target: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    yield
    thread.join()
