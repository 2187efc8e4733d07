"""The record of a run, for the checks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from tests.chaos.books import Books
from tests.chaos.history import Answer


class Kind(StrEnum):
    KILL = "kills"
    RESTART = "restarts"
    TERMINATION = "terminations"


class Hit(NamedTuple):
    """A fault that had an effect, and its duration; for a restart, until the database was back."""

    kind: Kind
    begin: float
    end: float


@dataclass
class Record:
    """The responses, the database at rest, the logs of workers and PostgreSQL, the faults, and the unfinished jobs."""

    answers: list[Answer]
    books: Books
    log: str
    database_log: str
    hits: list[Hit]
    undone: list[str]
    trouble: Sequence[float] = ()  # when a provider did not answer
    misdeeds: Counter[str] = field(default_factory=Counter)  # what providers and buyers did, by its name

    @property
    def faults(self) -> Counter[Kind]:
        """How many faults of each kind hit."""
        return Counter(hit.kind for hit in self.hits)
