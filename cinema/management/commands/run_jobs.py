"""``manage.py run_jobs``: run every background job once. Safe to run at any time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cinema.jobs.jobs import run_jobs


class Command(BaseCommand):
    help = (
        "Release expired holds, offer their seats to the waiting lists, check payments, continue cancellations, retry "
        "refunds and send mails. cinema.asgi does so by itself."
    )

    def handle(self, **options: Any) -> None:
        done = run_jobs()
        for what, count in done.items():
            self.stdout.write(f"{what}: {'failed' if count is None else count}")
        if failed := [what for what, count in done.items() if count is None]:
            raise CommandError(f"These jobs failed (see the log): {'; '.join(failed)}.")
