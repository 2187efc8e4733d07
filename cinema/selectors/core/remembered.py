"""What every page shows and rarely changes, read now and then."""

from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Generic, TypeVar

from django.db import Error

FRESH_FOR = 10.0  # seconds

T = TypeVar("T")


class Remembered(Generic[T]):
    """What ``read`` returns; each process calls it at most every FRESH_FOR seconds.

    While the database is away it is what was read last, or ``empty``: pages that say so show it, too. A read that
    failed is not tried again for as long, unless there is nothing yet.
    """

    last: tuple[float, T]  # the time of the last read, and its result

    def __init__(self, read: Callable[[], T], empty: T) -> None:
        self._read, self._empty = read, empty
        self.fresh_for = FRESH_FOR
        self.forget()

    def __call__(self) -> T:
        read_at, value = self.last
        if monotonic() - read_at > self.fresh_for:
            try:
                value = self._read()
            except Error:
                if read_at == -inf:
                    return value
            self.last = monotonic(), value
        return value

    def forget(self) -> None:
        """Let this process show a change at once."""
        self.last = -inf, self._empty
