"""What is left of a run, for the checks and for whoever doubts them."""

from collections import Counter
from dataclasses import dataclass

from tests.chaos.books import Books
from tests.chaos.history import Answer


@dataclass
class Record:
    """The answers that were given, the database at rest, the logs, the faults that hit, and the seconds it took."""

    answers: list[Answer]
    books: Books
    log: str
    faults: Counter[str]
    seconds: float
