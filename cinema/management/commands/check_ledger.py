"""``manage.py check_ledger``: compare the ledgers with every seat and order of the database."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from tqdm import tqdm

from cinema.models import Order, Show
from cinema.selectors.figures.days import day_faults
from cinema.selectors.figures.ledger import AT_ONCE, coupon_faults, faults_of
from cinema.selectors.figures.seat_sums import seat_sum_faults
from cinema.selectors.money.ledger_faults import gift_card_faults, order_faults, voucher_faults
from cinema.selectors.money.provider_faults import provider_faults
from cinema.selectors.money.receipts import receipt_faults
from cinema.selectors.money.tills import till_faults


class Command(BaseCommand):
    help = "Replay the ledgers of seats and money, name what they do not explain, and check what else is counted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("shows", nargs="*", type=int, metavar="SHOW", help="check only these shows, by number")

    def handle(self, *, shows: list[int], **options: Any) -> None:
        chosen = Show.objects.filter(pk__in=shows) if shows else Show.objects.all()
        keys = list(chosen.order_by("pk").values_list("pk", flat=True))
        if missing := set(shows).difference(keys):
            raise CommandError(f"There is no show {', '.join(map(str, sorted(missing)))}.")
        faults = 0
        with tqdm(total=len(keys), unit="show", disable=None) as progress:
            for some in batched(keys):
                for fault in read_faults(some):
                    faults += 1
                    self.stderr.write(fault)
                progress.update(len(some))
        others = (
            faults_without_shows(),
            receipt_faults(),
            coupon_faults(),
            voucher_faults(),
            provider_faults(),
            till_faults(),
            day_faults(),
            seat_sum_faults(),
        )
        for fault in chain(*others) if not shows else ():
            faults += 1
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"Found {faults} faults in {len(keys)} shows.")
        self.stdout.write(self.style.SUCCESS(f"The ledger explains every seat of {len(keys)} shows."))


def batched(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def read_faults(keys: Sequence[int]) -> list[str]:
    """The faults of these shows and the orders for them, read in one consistent snapshot.

    On SQLite bookings wait meanwhile.
    """
    with snapshot():
        return [*map(str, faults_of(list(Show.objects.filter(pk__in=keys).order_by("pk"))))]


def faults_without_shows() -> list[str]:
    """The faults of the orders for no show and of gift cards, read in the same way."""
    with snapshot():
        return [*map(str, order_faults(Order.objects.filter(tickets=None))), *gift_card_faults()]


@contextmanager
def snapshot() -> Iterator[None]:
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
