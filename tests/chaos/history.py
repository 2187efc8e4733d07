"""The record of a run: each request, its response, its times and what the response showed."""

import threading
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from tqdm import tqdm

BROKEN = 0  # the status of a request whose connection broke: it may have happened, or not
_offset = time.time() - time.monotonic()


def now() -> float:
    """Seconds since 1970 that never go back."""
    return time.monotonic() + _offset


class Answer(NamedTuple):
    """A request: ``begin`` before its first byte was sent, ``end`` after its response was read or given up.

    ``asked`` and ``saw`` have what the checks need: keys of seats, codes of holds, tickets and payments.
    """

    who: str
    what: str
    show: int
    begin: float
    end: float
    status: int
    asked: Mapping[str, Any]
    saw: Mapping[str, Any]


class Over(Exception):
    """The planned number of requests was made."""


class History:
    """The responses of a run, written by many threads, and the planned number of requests."""

    def __init__(self, requests: int, bar: tqdm | None = None) -> None:
        self.requests, self.bar = requests, bar
        self.answers: list[Answer] = []
        self.begun = 0
        self._lock = threading.Lock()

    def begin(self) -> float:
        """Start a request; return the time. Raises Over."""
        with self._lock:
            if self.begun >= self.requests:
                raise Over
            self.begun += 1
            if self.bar is not None:
                self.bar.update()
        return now()

    def stop(self) -> None:
        """End the run."""
        with self._lock:
            self.requests = self.begun

    def write(self, answer: Answer) -> None:
        with self._lock:
            self.answers.append(answer)
