"""Disputes and incidents of a theatre's payments, for its staff."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from cinema.models import Dispute, Order, PaymentIncident, Theatre
from cinema.selectors.money.payments import tickets_of

AT_MOST = 200
RECENTLY = timedelta(days=7)


class DisputeLine(NamedTuple):
    """A dispute and, while it is open, the whole days left to respond; None without a time limit."""

    dispute: Dispute
    days_left: int | None


def disputes_at(theatre: Theatre, now: datetime, *, is_open: bool = False) -> list[DisputeLine]:
    """The theatre's disputes, the newest first; with ``is_open`` those not decided."""
    found = Dispute.objects.filter(status=Dispute.Status.OPEN) if is_open else Dispute.objects.all()
    found = found.select_related("payment__order").prefetch_related(tickets_of("payment__order"))
    rows = found.order_by("-opened_at", "-pk")[:AT_MOST]
    return [DisputeLine(row, _days_left(row, now)) for row in rows if _is_here(row, theatre)]


def incidents_at(theatre: Theatre, *, since: datetime | None = None) -> list[PaymentIncident]:
    """The incidents of the theatre's payments, the newest first; all, or those ``since`` then."""
    found: QuerySet[PaymentIncident] = PaymentIncident.objects.all()
    if since is not None:
        found = found.filter(created_at__gte=since)
    found = found.select_related("payment__order").prefetch_related(tickets_of("payment__order"))
    rows = found.order_by("-created_at", "-pk")[:AT_MOST]
    return [row for row in rows if _is_here(row, theatre)]


def disputes_of(order: Order) -> list[Dispute]:
    """The disputes about payments of the order, the oldest first."""
    return list(Dispute.objects.filter(payment__order=order).order_by("pk"))


def incidents_of(order: Order) -> list[PaymentIncident]:
    """The incidents of the order's payments, the oldest first."""
    return list(PaymentIncident.objects.filter(payment__order=order).order_by("pk"))


def _is_here(row: Dispute | PaymentIncident, theatre: Theatre) -> bool:
    # There are few. With the theatre in the query, the database would scan all its orders instead.
    return row.payment.order.theatre_id == theatre.pk


def _days_left(dispute: Dispute, now: datetime) -> int | None:
    if dispute.status != Dispute.Status.OPEN or dispute.respond_by is None:
        return None
    return max(0, (dispute.respond_by - now).days)
