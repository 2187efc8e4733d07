"""The figures of all benchmarks in one table, each with its floor: the best this machine can do, measured in the same
run.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

FILE = "BENCHMARK_FIGURES"  # the environment's name for where figures are noted


class Figure(NamedTuple):
    """A figure. ``floor`` is in the same unit, and ``floor_is`` names it."""

    what: str
    value: float
    unit: str
    floor: float
    floor_is: str

    @property
    def ratio(self) -> float:
        return self.value / self.floor


def note(what: str, value: float, unit: str, *, floor: float, floor_is: str) -> None:
    """Add a figure to the table, if one is being collected."""
    if name := os.environ.get(FILE):
        with Path(name).open("a") as file:
            file.write(json.dumps([what, value, unit, floor, floor_is]) + "\n")


def noted(file: Path) -> list[Figure]:
    """The figures of the file, in their order."""
    return [Figure(*json.loads(line)) for line in file.read_text().splitlines()]


def table(figures: Iterable[Figure]) -> str:
    """The figures as a table in Markdown."""
    rows = ["| What | Figure | Floor, measured beside it | Ratio |", "| --- | --: | --- | --: |"]
    rows += [
        f"| {one.what} | {_plain(one.value)} {one.unit} | {_plain(one.floor)}: {one.floor_is} | {one.ratio:.2f} |"
        for one in figures
    ]
    return "\n".join(rows)


def _plain(value: float) -> str:
    """A number with at least three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
