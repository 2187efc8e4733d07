"""``manage.py export_journal``: print the journal of the money ledger as CSV."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cinema.domain.periods import Period
from cinema.exports import csv
from cinema.forms.figures.figures import FIRST, LAST
from cinema.models import Theatre
from cinema.selectors.figures.journal import journal_sheet


class Command(BaseCommand):
    help = "Print the journal of some days as CSV for the bookkeeper, one entry of the money ledger per line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for option, name, words in [("--from", "start", "the first day"), ("--until", "end", "the last day")]:
            parser.add_argument(
                option,
                dest=name,
                type=day,
                required=True,
                metavar="YYYY-MM-DD",
                help=f"{words}, by the clock of each theatre",
            )
        parser.add_argument("--theatre", metavar="SLUG", help="of this theatre only, as its address names it")

    def handle(self, *, start: date, end: date, theatre: str | None, **options: Any) -> None:
        if end < start:
            raise CommandError("The last day is before the first.")
        theatres = Theatre.objects.order_by("pk")
        chosen = list(theatres.filter(slug=theatre) if theatre else theatres)
        if theatre and not chosen:
            raise CommandError(f"There is no theatre {theatre}.")
        for piece in csv.write([journal_sheet(chosen, Period(start, end), of_no_theatre=not theatre)]):
            self.stdout.write(piece.decode(), ending="")


def day(text: str) -> date:
    """A day on which the cinema may have been open. Raises ValueError."""
    value = date.fromisoformat(text)
    if not FIRST <= value <= LAST:
        raise ValueError(text)
    return value
