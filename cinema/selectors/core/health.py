"""Whether the cinema can work, and what waits to be done: for whoever keeps it running."""

import os
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min
from django.db.models.functions import Now

from cinema.models import Hold, OutgoingMail, Payment, Refund, WaitingEntry
from cinema.models.retries import Retried

KEPT = 5  # seconds for which an answer is good: asking often costs the database nothing
RETRIED: dict[str, type[Retried]] = {"payments": Payment, "refunds": Refund, "mails": OutgoingMail}


class Backlog(NamedTuple):
    """Of what is tried again and again: how much is due now, for how many seconds the oldest of it has been, and how
    much has failed at the last attempt."""

    due: int
    oldest: float
    failing: int


def failing() -> list[str]:
    """What is not as it must be: the "database" is away, or it is "read-only", or "migrations" are not applied. The
    answer may be KEPT seconds old."""
    return _look(int(monotonic() / KEPT))


@lru_cache(maxsize=1)
def _look(period: int) -> list[str]:
    try:
        found = ["read-only"] if _only_reads() else []
        executor = MigrationExecutor(connection)
    except Error:
        return ["database"]
    return [*found, "migrations"] if executor.migration_plan(executor.loader.graph.leaf_nodes()) else found


def _only_reads() -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_read_only")
            return bool(cursor.fetchone() == ("on",))
        cursor.execute("PRAGMA query_only")
        [only] = cursor.fetchone()
    file = Path(connection.settings_dict["NAME"])
    return bool(only) or (file.exists() and not all(os.access(path, os.W_OK) for path in (file, file.parent)))


def queues() -> dict[str, int]:
    """How many payments and refunds are under way, holds live, parties wait for seats, mails wait to be sent, and were
    given up in the last month; a statement each."""
    return {
        "payments": Payment.objects.filter(status=Payment.Status.PENDING, due_at__isnull=False).count(),
        "refunds": Refund.objects.filter(status=Refund.Status.PENDING).count(),
        "holds": Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__gt=Now()).count(),
        "waiting": WaitingEntry.objects.filter(status=WaitingEntry.Status.WAITING).count(),
        "mails": OutgoingMail.objects.waiting().count(),
        "mails given up": OutgoingMail.objects.filter(failed_at__isnull=False).count(),
    }


def backlogs() -> dict[str, Backlog]:
    """What of RETRIED is due or failing, in two statements each."""
    return {name: _backlog(model) for name, model in RETRIED.items()}


def _backlog(model: type[Retried]) -> Backlog:
    rows = model._default_manager
    due = rows.filter(due_at__lte=Now()).aggregate(count=Count("pk"), first=Min("due_at"), now=Max(Now()))
    oldest = (due["now"] - due["first"]).total_seconds() if due["count"] else 0.0
    return Backlog(due["count"], oldest, rows.filter(failing_since__lte=Now()).count())
