"""What was asked and answered, when, and what the answer showed: the record that is checked afterwards."""

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
    """One request: ``begin`` before its first byte was sent, ``end`` when its answer was read, or was given up.

    ``asked`` and ``saw`` hold what the checks need: keys of seats, codes of holds, tickets and payments.
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
    """As many requests were made as were wanted."""


class History:
    """The answers of a run, written by many threads, and how many requests there are to be."""

    def __init__(self, requests: int, bar: tqdm | None = None) -> None:
        self.requests, self.bar = requests, bar
        self.answers: list[Answer] = []
        self.begun = 0
        self._lock = threading.Lock()

    def begin(self) -> float:
        """A request begins; returns when. Raises Over."""
        with self._lock:
            if self.begun >= self.requests:
                raise Over
            self.begun += 1
            if self.bar is not None:
                self.bar.update()
        return now()

    def stop(self) -> None:
        """There are to be no more requests."""
        with self._lock:
            self.requests = self.begun

    def write(self, answer: Answer) -> None:
        with self._lock:
            self.answers.append(answer)
