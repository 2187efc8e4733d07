"""The measurements of tests.benchmarks.aims: the sides take turns, and ratios are made within a round."""

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

from django.db import connection, transaction

from tests.benchmarks import clients, floor, load
from tests.benchmarks.contest import contest
from tests.benchmarks.load import Act, Run
from tests.benchmarks.measures import CONTENDERS, service, tokens
from tests.benchmarks.sides import Side, sides
from tests.benchmarks.stage import Pair, Stage

CLIENTS = 8
LOCKS_A_SHOW = ("EXECUTE lock_show ",)


class Aim(NamedTuple):
    """A figure by what the sides measured in one round."""

    work: str
    aim: str
    of: Callable[[dict[str, Any]], float]


AIMS = [
    Aim("The service, 8 clients, of the psycopg2 floor", "≥ 0.35", lambda a: a["service"] / a["floor"]),
    Aim("POST /api/book/, 8 clients, distinct shows, of plain", "≥ 2.2", lambda a: a["cinema"] / a["plain"]),
    Aim("… 50 after distinct seats of one show, of plain", "≥ 1.5", lambda a: a["cinema one"] / a["plain one"]),
    Aim("… 50 after the same 2 seats, slowest, of plain’s", "≤ 0.6", lambda a: a["cinema same"] / a["plain same"]),
    Aim("… on SQLite, 8 clients, of plain on PostgreSQL", "≥ 1.2", lambda a: a["sqlite"] / a["plain"]),
    Aim("… on SQLite, slowest of them, of plain’s", "≤ 2", lambda a: a["sqlite slowest"] / a["plain slowest"]),
    Aim("A buyer’s whole way, 8 buyers, a second", "≥ 30", lambda a: a["way"]),
    Aim("A show’s row is locked by a booking, ms", "", lambda a: a["locked"]),
    Aim("For comparison: the floor, bookings a second", "", lambda a: a["floor"]),
    Aim("… the service", "", lambda a: a["service"]),
    Aim("… POST /api/book/", "", lambda a: a["cinema"]),
    Aim("… plain", "", lambda a: a["plain"]),
    Aim("… POST /api/book/ on SQLite", "", lambda a: a["sqlite"]),
]  # fmt: skip


def compare(*, url: str, scratch: Path, rounds: int) -> list[tuple[str, str, str, str]]:
    """Measure all sides so many times; return the rows of the table: work, median, least to most, aim."""
    stage = Stage()
    with sides(url, scratch, stage, tokens()) as rivals:
        _warm_up(rivals)
        got = [dict(_round(url, stage, rivals)) for _ in range(rounds)]
    rows = []
    for work, aim, of in AIMS:
        values = sorted(map(of, got))
        rows.append((work, _plain(median(values)), f"{_plain(values[0])} to {_plain(values[-1])}", aim))
    return rows


def _warm_up(rivals: dict[str, Side]) -> None:
    """Let every thread of the servers connect and import what it needs."""
    for side in rivals.values():
        contest(side.stock.take(CONTENDERS), side.port, side.tokens)


def _round(url: str, stage: Stage, rivals: dict[str, Side]) -> Iterator[tuple[str, float]]:
    """Measure every side once, in a random order; yield names and figures."""
    steps: list[Callable[[], Iterator[tuple[str, float]]]] = [
        partial(_speed, "floor", partial(floor.client, url), partial(stage.take_for_floor), 640),
        partial(_speed, "service", service, stage.take, 200),
        partial(_speed, "way", partial(clients.buyer, rivals["cinema"].port), rivals["cinema"].stock.take, 64),
        partial(_locked, stage),
        *(partial(_booked, name, side) for name, side in rivals.items()),
        *(partial(_contested, name, rivals[name]) for name in ("cinema", "plain")),
    ]
    for step in random.sample(steps, len(steps)):
        yield from step()


def _speed(
    name: str, client: Callable[[], Act], take: Callable[[int], Sequence[Pair]], count: int
) -> Iterator[tuple[str, float]]:
    run = _run(client, take, count)
    yield name, run.per_second
    yield f"{name} slowest", run.times[-1]


def _booked(name: str, side: Side) -> Iterator[tuple[str, float]]:
    yield from _speed(name, partial(clients.kiosk, side.port, side.tokens[0]), side.stock.take, 200)


def _contested(name: str, side: Side) -> Iterator[tuple[str, float]]:
    one = contest(side.stock.take_of_one_show(CONTENDERS), side.port, side.tokens)
    _expect(one, {"201": CONTENDERS})
    same = contest(side.stock.take(1) * CONTENDERS, side.port, side.tokens)
    _expect(same, {"201": 1, "409": CONTENDERS - 1})
    yield f"{name} one", one.per_second
    yield f"{name} same", same.times[-1]


def _run(client: Callable[[], Act], take: Callable[[int], Sequence[Pair]], count: int) -> Run:
    run = load.run(take(count + CLIENTS * load.WARM_UP), clients=CLIENTS, client=client)
    _expect(run, {"booked": count})
    return run


def _expect(run: Run, outcomes: dict[str, int]) -> None:
    if run.outcomes != outcomes:
        raise RuntimeError(f"Expected {outcomes}, got {dict(run.outcomes)}")


def _locked(stage: Stage) -> Iterator[tuple[str, float]]:
    """The median milliseconds from the answer of the statement that locks the show to the end of the commit."""
    book, times = service(), []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        result = execute(sql, *rest)
        if any(words in sql for words in LOCKS_A_SHOW):
            began = perf_counter()
            transaction.on_commit(lambda: times.append(perf_counter() - began))
        return result

    pairs = stage.take(20)
    with connection.execute_wrapper(watch):
        for pair in pairs:
            book(pair)
    if len(times) != len(pairs):
        raise RuntimeError("The statement that locks the show was not seen.")
    yield "locked", median(times) * 1000


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
