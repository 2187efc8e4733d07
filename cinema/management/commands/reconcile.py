"""``manage.py reconcile``: compare what the providers list with ours, and book their fees and payouts. Safe to
repeat."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cinema.models import PaymentIncident, Payout
from cinema.services.money.reconciliation import DAYS, Reconciliation, reconcile

MOST_DAYS = 366


class Command(BaseCommand):
    help = "Compare the payments and refunds that each payment provider lists with ours; book or name each difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=DAYS, help=f"since so many days ago (default {DAYS})")

    def handle(self, *, days: int, **options: Any) -> None:
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be 1 to {MOST_DAYS}.")
        done = reconcile(days=days)
        for result in done:
            self._print(result)
        if not all(result.is_complete and not result.differences for result in done):
            raise CommandError("Could not book everything.")

    def _print(self, result: Reconciliation) -> None:
        self.stdout.write(
            f"{result.gateway}: {result.compared} compared, {result.booked} booked, "
            f"{len(result.differences)} differing, {result.foreign} foreign, "
            f"{result.fees} fees, {result.payouts} payouts"
        )
        for found in result.differences:
            self.stderr.write(_words(found))
        if not result.is_complete:
            self.stderr.write(f"{result.gateway} could not be compared completely; see the log.")


def _words(found: PaymentIncident | Payout) -> str:
    if isinstance(found, Payout):
        return f"Payout {found.payout_id}: {found.get_difference_display()} ({found.amount} {found.currency})"
    return f"{found.payment.order.reference}: {found.get_kind_display()} ({found.reported})"
