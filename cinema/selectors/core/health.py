"""Health of the installation and its backlogs, for operators."""

import os
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Min
from django.db.models.functions import Now

from cinema.models import (
    GooglePass,
    Hold,
    OutgoingMail,
    PassRegistration,
    Payment,
    ProviderEvent,
    Refund,
    WaitingEntry,
)
from cinema.models.retries import Retried

CACHED_FOR = 5  # seconds, so that frequent checks do not load the database
RETRIED: dict[str, type[Retried]] = {
    "payments": Payment,
    "refunds": Refund,
    "provider messages": ProviderEvent,
    "mails": OutgoingMail,
}
IN_WALLETS: dict[str, tuple[str, type[Retried]]] = {  # by the setting without which there are none
    "APPLE_WALLET_KEYS": ("passes at Apple", PassRegistration),
    "GOOGLE_WALLET_KEYS": ("passes at Google", GooglePass),
}


class Backlog(NamedTuple):
    """Work that is retried: the number ``due`` now, seconds since the ``oldest`` was due, number ``failing``."""

    due: int
    oldest: float
    failing: int


def failing() -> list[str]:
    """Return the failed checks: "database" (no connection), "read-only", "migrations" (not applied).

    The result may be CACHED_FOR seconds old.
    """
    return _check(int(monotonic() / CACHED_FOR))


@lru_cache(maxsize=1)
def _check(period: int) -> list[str]:
    try:
        found = ["read-only"] if _is_read_only() else []
        executor = MigrationExecutor(connection)
    except Error:
        return ["database"]
    return [*found, "migrations"] if executor.migration_plan(executor.loader.graph.leaf_nodes()) else found


def _is_read_only() -> bool:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW transaction_read_only")
            return bool(cursor.fetchone() == ("on",))
        cursor.execute("PRAGMA query_only")
        [only] = cursor.fetchone()
    file = Path(connection.settings_dict["NAME"])
    return bool(only) or (file.exists() and not all(os.access(path, os.W_OK) for path in (file, file.parent)))


def queues() -> dict[str, int]:
    """Count pending payments and refunds, active holds, waiting parties, and mails waiting or given up.

    One statement for each.
    """
    return {
        "payments": Payment.objects.filter(status=Payment.Status.PENDING, due_at__isnull=False).count(),
        "refunds": Refund.objects.filter(status=Refund.Status.PENDING).count(),
        "holds": Hold.objects.filter(status=Hold.Status.ACTIVE, expires_at__gt=Now()).count(),
        "waiting": WaitingEntry.objects.filter(status=WaitingEntry.Status.WAITING).count(),
        "mails": OutgoingMail.objects.waiting().count(),
        "mails given up": OutgoingMail.objects.filter(failed_at__isnull=False).count(),
    }


def backlogs() -> dict[str, Backlog]:
    """The backlog of each model in RETRIED, and IN_WALLETS if it is set up, in two statements each."""
    in_wallets = dict(which for setting, which in IN_WALLETS.items() if getattr(settings, setting))
    return {name: _backlog(model) for name, model in (RETRIED | in_wallets).items()}


def _backlog(model: type[Retried]) -> Backlog:
    rows = model._default_manager
    due = rows.filter(due_at__lte=Now()).aggregate(count=Count("pk"), first=Min("due_at"), now=Max(Now()))
    oldest = (due["now"] - due["first"]).total_seconds() if due["count"] else 0.0
    return Backlog(due["count"], oldest, rows.filter(failing_since__lte=Now()).count())
