"""Reads about holds."""

from django.db.models import Count, Sum
from django.db.models.functions import Now

from cinema.models import Hold


def holds_of(buyer: str) -> list[Hold]:
    """The buyer's living holds, the most urgent first, each with ``seat_count``, ``total`` and ``now``.

    ``now`` is the database's clock, from which a page computes how long is left.
    """
    if not buyer:
        return []
    return list(
        Hold.objects.filter(buyer=buyer, status=Hold.Status.ACTIVE, expires_at__gt=Now())
        .annotate(seat_count=Count("seats"), total=Sum("seats__price"), now=Now())
        .select_related("show__movie", "show__screen__theatre")
        .order_by("expires_at")
    )
