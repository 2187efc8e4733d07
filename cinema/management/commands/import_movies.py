"""``manage.py import_movies FILE…``: import films from CSV or JSON tables into the library."""

import csv
import sys
from argparse import ArgumentTypeError
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from cinema.exceptions import ColumnMissing, DatabaseBusy, TableUnreadable
from cinema.exports.csv import plain
from cinema.film_tables.columns import known_fields
from cinema.film_tables.encodings import CHOICES
from cinema.film_tables.plans import Choices, ImportPlan
from cinema.film_tables.rows import Note
from cinema.film_tables.vocabulary import key, meaning
from cinema.services.films.movie_import import ImportReport, import_movies

SKIPS_SHOWN, WARNINGS_SHOWN = 50, 10  # rows; the report file has all
NAMES = ", ".join(sorted(known_fields()))
HELP = """Import films into the library from tables (CSV or JSON, such as those of IMDb, TMDB or Kaggle).
Films already in the library stay as they are. If a file has an error, none of it is imported."""


def named_column(said: str) -> tuple[str, str]:
    """Read ``runtime=Length``. The field may be named by any header that the import recognises for it."""
    name, _, column = said.partition("=")
    found = {key(field): field for field in known_fields()}.get(key(name)) or (meaning(name, "films") or ("",))[0]
    if not found or not column:
        raise ArgumentTypeError(f'write FIELD="column header", where FIELD is one of {NAMES}')
    return found, column


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--column", dest="columns", action="append", type=named_column, default=[], metavar='FIELD="HEADER"',
            help=f"the column to read a field from, if its header is not recognised; FIELD is one of {NAMES}",
        )  # fmt: skip
        parser.add_argument(
            "--encoding", default="", help=f"encoding of the files, if detected wrongly, such as {', '.join(CHOICES)}"
        )
        parser.add_argument(
            "--dates", choices=["day", "month"], help="what comes first in 06/12/2026, if no date shows it"
        )
        parser.add_argument(
            "--report", type=Path, metavar="CSV", help="list what was skipped or is to be checked in this file"
        )

    def handle(self, *args: Any, files: list[Path], report: Path | None, **options: Any) -> None:
        dates = options["dates"]
        choices = Choices(
            named=dict(options["columns"]),
            encoding=options["encoding"],
            day_first=dates == "day" if dates else None,
        )
        notes = []
        for file in files:
            done = self._import(file, choices)
            self._tell(file, done)
            notes += [(file, "skipped", note) for note in done.skipped]
            notes += [(file, "to check", note) for note in done.warnings]
        if report:
            self._write(report, notes)

    def _import(self, file: Path, choices: Choices) -> ImportReport:
        often = 0.1 if sys.stderr.isatty() else 10  # seconds between two updates of the progress bar
        bar = partial(tqdm, file=sys.stderr, mininterval=often)
        try:
            return import_movies(path=file, choices=choices, progress=bar)
        except ColumnMissing as error:
            raise CommandError(f'{file}: {error} Name it with --column {error.field}="…".') from error
        except (TableUnreadable, DatabaseBusy) as error:
            raise CommandError(str(error)) from error

    def _tell(self, file: Path, done: ImportReport) -> None:
        self.stdout.write(
            f"{file}: films added: {done.created:,}, already there: {done.already_there:,}, "
            f"rows skipped: {len(done.skipped):,}, to check: {len(done.warnings):,}"
        )
        self._tell_how(done.plan)
        self._list("Skipped", done.skipped, SKIPS_SHOWN)
        self._list("To check: left empty, or not read for certain", done.warnings, WARNINGS_SHOWN)

    def _tell_how(self, plan: ImportPlan) -> None:
        """Print which columns were used for what, and which were not used."""
        used = ", ".join(f"{column.field} = {column.name}" for column in plan.used)
        unused = ", ".join(column.name or "–" for column in plan.unused) or "none"
        self.stdout.write(f"Columns used: {used}\nColumns not used: {unused}\nEncoding: {plan.encoding}")
        for remark in plan.remarks:
            self.stdout.write(remark)

    def _list(self, heading: str, notes: list[Note], shown: int) -> None:
        if not notes:
            return
        self.stdout.write(f"{heading}:")
        for reason, count in Counter(note.reason for note in notes).most_common():
            self.stdout.write(f"{count:>8,}  {reason}")
        for note in notes[:shown]:
            self.stdout.write(f"  {note}")
        if len(notes) > shown:
            self.stdout.write(f"  and {len(notes) - shown:,} more; use --report FILE.csv to list them all")

    def _write(self, report: Path, notes: list[tuple[Path, str, Note]]) -> None:
        try:
            with report.open("w", encoding="utf-8-sig", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["file", "row", "title", "what", "reason", "value"])
                rows.writerows(
                    [file, note.row, plain(note.title), what, note.reason, plain(note.value)]
                    for file, what, note in notes
                )
        except OSError as error:
            raise CommandError(f"{report}: {error.strerror}. The films were imported, though.") from error
