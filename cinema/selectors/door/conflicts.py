"""Admissions without a network that should not have been, until a manager has looked into them."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from cinema.models import CheckIn, Theatre

SHOWN_FOR = timedelta(days=3)  # how long a settled one is still listed
MOST_CONFLICTS = 20


def conflicts_at(theatre: Theatre) -> list[CheckIn]:
    """The last conflicts that nobody has settled, with the earlier admissions, the latest first."""
    return list(_conflicts(theatre).filter(settled=None)[:MOST_CONFLICTS])


def settled_at(theatre: Theatre, now: datetime) -> list[CheckIn]:
    """The conflicts that were settled lately, with by whom, the latest first."""
    settled = _conflicts(theatre).filter(settled__at__gt=now - SHOWN_FOR)
    return list(settled.select_related("settled__user")[:MOST_CONFLICTS])


def _conflicts(theatre: Theatre) -> QuerySet[CheckIn]:
    found = CheckIn.objects.filter(theatre=theatre, outcome=CheckIn.Outcome.CONFLICT)
    return found.select_related("ticket", "show__movie", "earlier").order_by("-received_at", "-pk")
