"""Reads about passes in wallets."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from cinema.models import PassRegistration
from cinema.selectors.booking.tickets import changes_by_ticket


def changed_passes(device: str, since: datetime | None) -> list[PassRegistration]:
    """The passes of a phone, loaded with their tickets, that were found changed after a moment; all with None."""
    found = PassRegistration.objects.filter(device=device).select_related("ticket").order_by("changed_at", "pk")
    # Compared in Python: SQLite compares moments as texts, and a whole second may be written “50.000” or “50”.
    return [each for each in found if since is None or each.changed_at > since]


def outdated(passes: QuerySet[Any]) -> dict[int, int]:
    """Those of ``passes`` (of the model Pass) whose tickets have changed since the last check: their new versions, by
    their keys. Two statements at most."""
    known = list(passes.values_list("pk", "ticket", "version"))
    now = changes_by_ticket(passes.order_by().values("ticket")) if known else {}
    return {pk: now.get(ticket, 0) for pk, ticket, version in known if now.get(ticket, 0) != version}
