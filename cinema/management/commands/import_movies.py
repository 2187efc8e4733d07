"""``manage.py import_movies FILE…``: bring films from CSV or JSON tables into the library."""

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
from cinema.film_tables.columns import FIELD_CALLED, plain
from cinema.film_tables.rows import Note
from cinema.services.movie_import import ImportReport, import_movies

SKIPS_SHOWN, WARNINGS_SHOWN = 50, 10  # rows; the report file has all
FIELDS = ", ".join(sorted(set(FIELD_CALLED.values())))
HELP = """Add the films of tables (CSV or JSON; IMDb, TMDB, Kaggle and the like) to the library.
Films that are already there stay as they are. A file is imported as a whole or, on an error, not at all."""


def named_column(said: str) -> tuple[str, str]:
    """Read ``runtime=Length``."""
    name, _, column = said.partition("=")
    field = FIELD_CALLED.get(plain(name))
    if not field or not column:
        raise ArgumentTypeError(f'say FIELD="Header of the column", where FIELD is one of {FIELDS}')
    return field, column


class Command(BaseCommand):
    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--column", dest="columns", action="append", type=named_column, default=[], metavar='FIELD="HEADER"',
            help=f"which column holds a field, where its header does not say it; FIELD is one of {FIELDS}",
        )  # fmt: skip
        parser.add_argument("--encoding", default="", help="of the files; UTF-8, UTF-16 and Latin-1 are recognised")
        parser.add_argument("--report", type=Path, metavar="CSV", help="write all that was skipped or left empty here")

    def handle(self, *args: Any, files: list[Path], report: Path | None, **options: Any) -> None:
        notes = []
        for file in files:
            done = self._import(file, dict(options["columns"]), options["encoding"])
            self._tell(file, done)
            notes += [(file, "skipped", note) for note in done.skipped]
            notes += [(file, "left empty", note) for note in done.warnings]
        if report:
            self._write(report, notes)

    def _import(self, file: Path, columns: dict[str, str], encoding: str) -> ImportReport:
        often = 0.1 if sys.stderr.isatty() else 10  # seconds between two pictures of the bar
        try:
            return import_movies(
                path=file,
                columns=columns,
                encoding=encoding,
                progress=partial(tqdm, file=sys.stderr, mininterval=often),
            )
        except ColumnMissing as error:
            raise CommandError(f'{file}: {error} Name it with --column {error.field}="…".') from error
        except (TableUnreadable, DatabaseBusy) as error:
            raise CommandError(str(error)) from error

    def _tell(self, file: Path, done: ImportReport) -> None:
        self.stdout.write(
            f"{file}: films added: {done.created:,}, already there: {done.already_there:,}, "
            f"rows skipped: {len(done.skipped):,}, values left empty: {len(done.warnings):,}"
        )
        self._list("Skipped", done.skipped, SKIPS_SHOWN)
        self._list("Left empty", done.warnings, WARNINGS_SHOWN)

    def _list(self, heading: str, notes: list[Note], shown: int) -> None:
        if not notes:
            return
        self.stdout.write(f"{heading}:")
        for reason, count in Counter(note.reason for note in notes).most_common():
            self.stdout.write(f"{count:>8,}  {reason}")
        for note in notes[:shown]:
            self.stdout.write(f"  {note}")
        if len(notes) > shown:
            self.stdout.write(f"  and {len(notes) - shown:,} more; --report FILE.csv writes all of them")

    def _write(self, report: Path, notes: list[tuple[Path, str, Note]]) -> None:
        try:
            with report.open("w", encoding="utf-8-sig", newline="") as file:
                rows = csv.writer(file)
                rows.writerow(["file", "row", "what", "reason", "value"])
                rows.writerows([file, note.row, what, note.reason, note.value] for file, what, note in notes)
        except OSError as error:
            raise CommandError(f"{report}: {error.strerror}. The films were imported all the same.") from error
