"""Whether the cinema can work, and what waits to be done: for whoever keeps it running."""

from functools import lru_cache
from time import monotonic

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now

from cinema.models import Hold, Payment, Refund, WaitingEntry
from cinema.selectors.payments import GIVE_UP_AFTER

KEPT = 5  # seconds for which an answer is good: asking often costs the database nothing


def failing() -> list[str]:
    """What of "database" and "migrations" is not as it must be; it may be KEPT seconds old."""
    return _look(int(monotonic() / KEPT))


@lru_cache(maxsize=1)
def _look(period: int) -> list[str]:
    try:
        executor = MigrationExecutor(connection)
    except Error:
        return ["database"]
    return ["migrations"] if executor.migration_plan(executor.loader.graph.leaf_nodes()) else []


def queues() -> dict[str, int]:
    """How many payments and refunds are under way, holds live, and parties wait for seats; a statement each."""
    pending = Payment.objects.filter(status=Payment.Status.PENDING, created_at__gt=Now() - GIVE_UP_AFTER)
    return {
        "payments": pending.count(),
        "refunds": Refund.objects.filter(status=Refund.Status.PENDING).count(),
        "holds": Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__gt=Now()).count(),
        "waiting": WaitingEntry.objects.filter(status=WaitingEntry.Status.WAITING).count(),
    }
