"""``manage.py sweep``: finish what a crash, a silent gateway or a lost mail left open. Safe to run at any time."""

from typing import Any

from django.core.management.base import BaseCommand

from cinema.services.housekeeping import sweep


class Command(BaseCommand):
    help = (
        "Free the seats of holds that ran out and offer them on, ask about payments, go on with shows called off, "
        "retry refunds and mails. cinema.asgi does so by itself."
    )

    def handle(self, **options: Any) -> None:
        for what, count in sweep().items():
            self.stdout.write(f"{what}: {count}")
