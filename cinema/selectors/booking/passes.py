"""Which passes a phone has, and which of them have changed."""

from datetime import datetime

from cinema.models import PassRegistration


def changed_passes(device: str, since: datetime | None) -> list[PassRegistration]:
    """The passes of a phone, loaded with their tickets, that were found changed after a moment; all with None."""
    found = PassRegistration.objects.filter(device=device).select_related("ticket").order_by("changed_at", "pk")
    # Compared here: SQLite compares texts, and has a moment with a whole second as “50.000” or as “50”.
    return [each for each in found if since is None or each.changed_at > since]
