"""``manage.py check_ledger``: does the ledger explain every seat of this database?"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from tqdm import tqdm

from cinema.models import Show
from cinema.selectors.ledger import ledger_faults


class Command(BaseCommand):
    help = "Replay the seat ledger of every show and name each seat that it does not explain."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("shows", nargs="*", type=int, metavar="SHOW", help="only these shows, by their number")

    def handle(self, *, shows: list[int], **options: Any) -> None:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:  # one picture of everything, while bookings go on
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            chosen = Show.objects.filter(pk__in=shows) if shows else Show.objects.all()
            count = chosen.count()
            faults = 0
            for show in tqdm(chosen.order_by("pk").iterator(chunk_size=500), total=count, unit="show", disable=None):
                for fault in ledger_faults(Show.objects.filter(pk=show.pk)):
                    faults += 1
                    self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"{faults} faults in {count} shows.")
        self.stdout.write(self.style.SUCCESS(f"The ledger explains every seat of {count} shows."))
