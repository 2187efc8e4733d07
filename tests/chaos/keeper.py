"""Who keeps the house meanwhile: puts shows on sale, and in the end lets everything settle. The server sweeps."""

import io
import logging
import threading
from datetime import timedelta

from django.core.management import call_command
from django.db import Error, connection

from tests.chaos.world import Programme

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two looks
SETTLED_AFTER = 20  # sweeps at most


def keep(programme: Programme, stop: threading.Event) -> None:
    """Look after the house until told to stop. While the database is away, wait."""
    while not stop.wait(EVERY):
        try:
            programme.replenish()
        except Error:
            connection.close()
    connection.close()


def sweep() -> None:
    call_command("sweep", stdout=io.StringIO())


def settle() -> None:
    """Sweep until nothing moves any more. Raises RuntimeError when it does not come to rest."""
    from django.db.models.functions import Now

    from cinema.models import SandboxCharge
    from cinema.services.payments import check_pending_payments

    connection.close()  # it may be to a server that was restarted since
    SandboxCharge.objects.filter(report_at__gt=Now()).update(report_at=Now())  # the gateway is silent no longer
    for _ in range(SETTLED_AFTER):
        before = _state()
        check_pending_payments(older_than=timedelta())
        sweep()
        if _state() == before:
            return
    raise RuntimeError("The sweep does not come to rest.")


def _state() -> list[int]:
    """Numbers that change whenever a seat, a payment or a refund does."""
    from django.db.models import Sum

    from cinema.models import Payment, Refund, Show

    pending = Refund.objects.filter(status=Refund.Status.PENDING).count()
    settled = Payment.objects.exclude(settled_at=None).count()
    return [Show.objects.aggregate(sum=Sum("revision"))["sum"], pending, settled]
