"""Which passes a phone has, and which of them have changed."""

from datetime import datetime

from cinema.models import PassRegistration


def changed_passes(device: str, since: datetime | None) -> list[PassRegistration]:
    """The passes of a phone, loaded with their tickets, that were found changed after a moment; all with None."""
    found = PassRegistration.objects.filter(device=device).select_related("ticket").order_by("changed_at", "pk")
    return list(found.filter(changed_at__gt=since) if since else found)
