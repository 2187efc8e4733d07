"""Tables for spreadsheets, written row by row while they are read: no export is ever in memory as a whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

Cell = str | int | float | Decimal | date | datetime | time | None


class Sheet(NamedTuple):
    """A table with a name. Moments in it are on the theatre's clock, without a zone."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


Writer = Callable[[Iterable[Sheet]], Iterator[bytes]]
