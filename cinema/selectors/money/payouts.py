"""What providers paid out, and what the comparisons with them found, for staff."""

from datetime import date, timedelta

from django.conf import settings

from cinema.models import Payout, ReconciliationRun

LATELY = timedelta(days=30)


def recent_payouts(today: date) -> list[Payout]:
    """The payouts of the last 30 days and those to come, the newest first. A payout is for all theatres."""
    return list(Payout.objects.filter(arrives_on__gte=today - LATELY).order_by("-arrives_on", "-pk"))


def last_comparisons() -> list[ReconciliationRun]:
    """The last comparison with each provider in use, by name."""
    used = {*settings.PAYMENT_GATEWAYS.values(), *settings.COUNTER_GATEWAYS.values()}
    return list(ReconciliationRun.objects.filter(gateway__in=used).order_by("gateway"))
