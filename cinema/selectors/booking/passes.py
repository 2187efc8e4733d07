"""Reads about passes that phones have."""

from datetime import datetime

from cinema.models import PassRegistration


def changed_passes(device: str, since: datetime | None) -> list[PassRegistration]:
    """The passes of a phone, loaded with their tickets, that were found changed after a moment; all with None."""
    found = PassRegistration.objects.filter(device=device).select_related("ticket").order_by("changed_at", "pk")
    # Compared in Python: SQLite compares moments as texts, and a whole second may be written “50.000” or “50”.
    return [each for each in found if since is None or each.changed_at > since]
