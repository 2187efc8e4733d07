"""What is compared in one run: the cinema on PostgreSQL and on SQLite, and a plain booking, each behind a gunicorn."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cinema.models import Show
from tests import postgres
from tests.benchmarks import server
from tests.benchmarks.stage import OPEN_SHOWS, SEATS, Pair, Stage

WORKERS = server.PAGES.partition(" ")[2] + " --keep-alive 60"  # the same for all sides; clients wait for each other
CINEMA, PLAIN = f"cinema.wsgi {WORKERS}", f"tests.benchmarks.plain.wsgi {WORKERS}"


class Stock:
    """Pairs of available seats, each handed out once."""

    def __init__(self, shows: Sequence[tuple[int, Sequence[int]]]) -> None:
        self._shows = {
            show: [Pair(show, pair, 0) for pair in zip(*[iter(seats)] * 2, strict=False)] for show, seats in shows
        }

    @classmethod
    def of(cls, shows: Iterable[Show]) -> "Stock":
        """All seats of these shows of the cinema, which are available."""
        return cls([(show.pk, list(show.seats.order_by("pk").values_list("pk", flat=True))) for show in shows])

    def take(self, count: int) -> list[Pair]:
        """Pairs at as many shows as there are."""
        taken: list[Pair] = []
        while len(taken) < count:
            fullest = sorted(self._shows, key=lambda show: -len(self._shows[show]))
            taken += [self._shows[show].pop() for show in fullest[: count - len(taken)]]
        return taken

    def take_of_one_show(self, count: int) -> list[Pair]:
        show = max(self._shows, key=lambda show: len(self._shows[show]))
        return [self._shows[show].pop() for _ in range(count)]


class Side(NamedTuple):
    """A cinema to book at: the port of its server, tokens of its users, and what is left to book."""

    port: int
    tokens: Sequence[str]
    stock: Stock | Stage


@contextmanager
def sides(url: str, scratch: Path, stage: Stage, tokens: Sequence[str]) -> Iterator[dict[str, Side]]:
    """All of them, while the block runs. The cinema of ``stage`` is installed already on the server of ``url``."""
    plain = {"DATABASE_URL": _other_database(url, "plain"), "DJANGO_SETTINGS_MODULE": "tests.benchmarks.plain.settings"}
    embedded = {"DATABASE_URL": f"sqlite:///{scratch / 'cinema.sqlite3'}"}
    with ExitStack() as stack:

        def serve(options: str, name: str, environment: Mapping[str, str]) -> int:
            return stack.enter_context(server.gunicorn(options.split(), scratch / f"{name}.log", environment)).port

        found = {"cinema": Side(serve(CINEMA, "cinema", {}), tokens, stage)}
        for name, options, program, environment in (
            ("sqlite", CINEMA, "tests.benchmarks.embedded", embedded),
            ("plain", PLAIN, "tests.benchmarks.plain.stage", plain),
        ):
            filled = _fill(program, len(tokens), environment)
            found[name] = Side(serve(options, name, environment), filled["tokens"], Stock(filled["shows"]))
        yield found


def _fill(program: str, users: int, environment: Mapping[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", program, str(OPEN_SHOWS), str(SEATS), str(users)]
    done = subprocess.run(command, env=os.environ | environment, check=True, stdout=subprocess.PIPE)
    filled: dict[str, Any] = json.loads(done.stdout)
    return filled


def _other_database(url: str, name: str) -> str:
    """The URL of a new database on the same server."""
    postgres.run(url, f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()
