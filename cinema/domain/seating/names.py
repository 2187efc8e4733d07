"""Names of seats for display."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from django.utils.translation import ngettext

from cinema.domain.lists import and_list, listed
from cinema.domain.seating.places import Located, in_order


class Numbered(Located, Protocol):
    """A seat with row, number and place in the hall: a SeatPlace or a model."""

    @property
    def row(self) -> str: ...

    @property
    def number(self) -> int: ...


def seat_names(seats: Iterable[Numbered]) -> str:
    """Name seats within a sentence: “row G, seats 8 and 9” or “row F, seats 4–7 and row G, seat 5”."""
    return and_list(_row(row, numbers) for row, numbers in _by_row(seats))


def seat_codes(seats: Iterable[Numbered]) -> str:
    """Name seats as shortly as possible: “G 8–9”, or “F 4–7, 9 · G 5” in several rows."""
    rows = [f"{row} {listed(_ranges(sorted(numbers), shortest=2))}" for row, numbers in _by_row(seats)]
    return " · ".join(rows)


def _by_row(seats: Iterable[Numbered]) -> list[tuple[str, list[int]]]:
    rows = groupby(in_order(seats), key=lambda seat: (seat.y, seat.row))
    return [(row, [seat.number for seat in group]) for (_y, row), group in rows]


def _row(row: str, numbers: Sequence[int]) -> str:
    names = and_list(_ranges(sorted(numbers)))
    pattern = ngettext("row %(row)s, seat %(seats)s", "row %(row)s, seats %(seats)s", len(numbers))
    return pattern % {"row": row, "seats": names}


def _ranges(numbers: Sequence[int], shortest: int = 3) -> Iterator[str]:
    """Write ``shortest`` or more successive numbers as a range, such as “4–7”, and the others one by one."""
    for _offset, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _at, number in group]
        if len(run) >= shortest:
            yield f"{run[0]}–{run[-1]}"
        else:
            yield from map(str, run)


def rows_named(seats: Collection[Numbered]) -> str:
    """Name the rows of seats: “rows F and G”."""
    rows = [row for row, _numbers in _by_row(seats)]
    pattern = ngettext("row %(rows)s", "rows %(rows)s", len(rows))
    return pattern % {"rows": and_list(rows)}
