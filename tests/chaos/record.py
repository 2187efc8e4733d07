"""What is left of a run, for the checks and for whoever doubts them."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tests.chaos.books import Books
from tests.chaos.history import Answer


class Kind(StrEnum):
    KILL = "kills"
    RESTART = "restarts"
    TERMINATION = "terminations"


class Hit(NamedTuple):
    """A fault that hit, and how long that took; of a restart, until the database was back."""

    kind: Kind
    begin: float
    end: float


@dataclass
class Record:
    """The answers that were given, the database at rest, the logs of the workers and of PostgreSQL, the faults that
    hit, and what the server's housekeeping left undone."""

    answers: list[Answer]
    books: Books
    log: str
    database_log: str
    hits: list[Hit]
    undone: list[str]

    @property
    def faults(self) -> Counter[Kind]:
        """How many faults of each kind hit."""
        return Counter(hit.kind for hit in self.hits)
