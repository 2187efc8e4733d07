"""The aims of speed, and how far they are reached: one table, in one run.

    .venv/bin/python -m tests.benchmarks.aims [--rounds 7] [--only-sides]

Compares the cinema with plain psycopg2 (floor.py) and with a plain booking in Django REST framework (plain/), on one
machine at one time: the sides take turns, ``--rounds`` times, each time in another order. A figure is the median of
the rounds, with the least and the most. Ratios are made within each round. Then it runs the other benchmarks in part
for the figures that do not need a rival, unless ``--only-sides`` is given. Some minutes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests import postgres
from tests.benchmarks import figures
from tests.benchmarks.installation import installation

# Benchmarks without a rival, and the figures of theirs that have an aim: words of it, what to show, and the aim.
OTHERS: list[tuple[list[str], list[tuple[str, str, str]]]] = [
    (["on_sale"], [("buyers at once", "ratio", "≤ 2")]),
    (
        ["growth", "--quick"],
        [
            ("the page of a seat map, postgresql", "value", "≤ 6.5"),
            ("programme, film and theatre page, postgresql", "value", "≤ 30"),
            ("hold, check out and pay, postgresql, with", "ratio", "≤ 1.15"),
        ],
    ),
    (["back_office", "--quick"], [("back office: slowest", "value", "≤ 80")]),
    (["watchers"], [("open seat maps: 95th", "value", "≤ 500")]),
]


def main() -> None:
    options = _options()
    with installation() as (url, scratch):
        from tests.benchmarks.rivals import compare  # needs Django to be set up

        print(f"{datetime.now():%Y-%m-%d %H:%M}, {os.cpu_count()} CPUs, {postgres.version(url)}, every commit synced")
        print(f"load average {os.getloadavg()[0]:.1f}\n", flush=True)
        rows = compare(url=url, scratch=scratch, rounds=options.rounds)
    if not options.only_sides:
        rows += _others()
    print("\n| Work | Median | Least to most | Aim |\n| --- | --: | --: | --: |")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(f"\nload average at the end {os.getloadavg()[0]:.1f}")


def _others() -> list[tuple[str, str, str, str]]:
    """The figures of the other benchmarks that have an aim."""
    rows = []
    with tempfile.NamedTemporaryFile(prefix="cinema-figures-") as file:
        for (name, *arguments), wanted in OTHERS:
            command = [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments]
            subprocess.run(command, env=os.environ | {figures.FILE: file.name}, stdout=subprocess.DEVNULL)
            found = figures.noted(Path(file.name))
            for words, shown, aim in wanted:
                rows += [_row(one, shown, aim) for one in found if words in one.what][:1]
    return rows


def _row(figure: figures.Figure, shown: str, aim: str) -> tuple[str, str, str, str]:
    if shown == "ratio":
        return f"{figure.what}: of {figure.floor_is}", f"{figure.ratio:.2f}", "", aim
    return f"{figure.what}, {figure.unit}", f"{figure.value:.3g}", "", aim


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The aims of speed, and how far they are reached.")
    parser.add_argument("--rounds", type=int, default=7, help="%(default)s")
    parser.add_argument("--only-sides", action="store_true", help="without the benchmarks that have no rival")
    return parser.parse_args()


if __name__ == "__main__":
    main()
