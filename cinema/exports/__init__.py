"""Exports of tables, written row by row while they are read, so that no whole table is in memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

Cell = str | int | float | Decimal | date | datetime | time | None


class Sheet(NamedTuple):
    """A table with a name. Times are in the theatre's local time, without a zone.

    One ``for_programs`` is written as CSV in the plain dialect, unless somebody asks for another.
    """

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    for_programs: bool = False


Writer = Callable[[Iterable[Sheet]], Iterator[bytes]]
