"""The faults of a run, planned by the seed: at which request a worker is killed, the database restarted, or a
connection cut.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg2

from tests.chaos.gunicorn_config import APPLICATION
from tests.chaos.history import History, now
from tests.chaos.record import Hit, Kind
from tests.postgres import Postgres

PAUSE = 0.02  # seconds between two looks at how many requests there were
PATIENCE = 60  # seconds for something to hit
ONE = f"""
SELECT pg_terminate_backend(pid) FROM (
    SELECT pid FROM pg_stat_activity WHERE application_name = '{APPLICATION}' ORDER BY random() LIMIT 1) AS one
"""


class Fault(NamedTuple):
    """A fault before a certain request; ``immediate`` is a restart that is a crash."""

    at: int
    kind: Kind
    immediate: bool = False


def plan(rng: Random, requests: int, counts: dict[Kind, int]) -> list[Fault]:
    """Spread each kind evenly over the requests, each fault somewhere in its stretch. Half the restarts are crashes."""
    faults = []
    for kind, count in counts.items():
        stretch = requests * 0.96 / max(count, 1)  # none where nobody is left to see what it does
        for n in range(count):
            at = requests * 0.02 + stretch * (n + rng.random() * 0.8)
            faults.append(Fault(int(at), kind, kind == Kind.RESTART and n % 2 == 0))
    return sorted(faults)


class Trouble:
    """Carries out the plan in its own thread; ``hits`` are the faults that had an effect."""

    def __init__(
        self, faults: list[Fault], history: History, server_pid: int, database: Postgres | None, rng: Random
    ) -> None:
        self.faults, self.history, self.rng = faults, history, rng
        self.server_pid, self.database = server_pid, database
        self.hits: list[Hit] = []

    def work(self, stop: threading.Event) -> None:
        acts: dict[Kind, Callable[[Fault], bool]] = {
            Kind.KILL: self._kill,
            Kind.RESTART: self._restart,
            Kind.TERMINATION: self._terminate,
        }
        for fault in self.faults:
            while self.history.begun < fault.at and not stop.is_set():
                time.sleep(PAUSE)
            give_up, begin = time.monotonic() + PATIENCE, now()
            while not (hit := acts[fault.kind](fault)) and time.monotonic() < give_up:
                time.sleep(PAUSE)  # nobody there to be hit just now
                begin = now()
            if hit:
                self.hits.append(Hit(fault.kind, begin, now()))

    def _kill(self, fault: Fault) -> bool:
        workers = Path(f"/proc/{self.server_pid}/task/{self.server_pid}/children").read_text().split()
        if not workers:
            return False
        with suppress(ProcessLookupError):
            os.kill(int(self.rng.choice(workers)), signal.SIGKILL)
            return True
        return False

    def _restart(self, fault: Fault) -> bool:
        self.database.stop("immediate" if fault.immediate else "fast")
        self.database.start()
        return True

    def _terminate(self, fault: Fault) -> bool:
        try:
            connection = psycopg2.connect(self.database.url)
        except psycopg2.OperationalError:
            return False
        try:
            with connection.cursor() as cursor:
                cursor.execute(ONE)
                return cursor.fetchone() == (True,)
        finally:
            connection.close()
