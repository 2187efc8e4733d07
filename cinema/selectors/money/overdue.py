"""Payments and refunds of a theatre that have waited too long for the payment provider."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cinema.models import Order, Payment, Refund, Theatre
from cinema.models.retries import Retried
from cinema.selectors.money.payments import tickets_of

PAYMENTS_AFTER, REFUNDS_AFTER = timedelta(minutes=15), timedelta(hours=1)
AT_MOST = 1_000  # payments, and refunds, of all theatres
Row = TypeVar("Row", Payment, Refund)


class OverdueLine(NamedTuple):
    """An overdue payment or refund of ``order``; ``next_at`` is the next attempt, None if there is none."""

    order: Order
    amount: Decimal
    since: datetime
    why: str
    next_at: datetime | None


class Overdue(NamedTuple):
    """Overdue payments and refunds, the oldest first."""

    payments: list[OverdueLine]
    refunds: list[OverdueLine]


class OverdueTotal(NamedTuple):
    """The number and sum of overdue payments or refunds, and the time of the oldest."""

    number: int
    amount: Decimal
    since: datetime


def overdue(theatre: Theatre, now: datetime) -> Overdue:
    """The overdue payments and refunds of the theatre, in four statements."""
    return Overdue(
        [OverdueLine(*_facts(payment), _why(payment), payment.due_at) for payment in _here(_payments(now), theatre)],
        [OverdueLine(*_facts(refund), _why(refund), refund.due_at) for refund in _here(_refunds(now), theatre)],
    )


def total_of(lines: Iterable[OverdueLine]) -> OverdueTotal | None:
    """Add up the lines; None if there are none."""
    lines = list(lines)
    if not lines:
        return None
    amount = sum((line.amount for line in lines), Decimal(0))
    return OverdueTotal(len(lines), amount, min(line.since for line in lines))


def _payments(now: datetime) -> QuerySet[Payment]:
    """Payments that the provider has not confirmed, or reports with a mismatch, and those not checked in time."""
    failing = Payment.objects.filter(failing_since__lt=now - PAYMENTS_AFTER).values("pk")
    late = Payment.objects.filter(due_at__lt=now - PAYMENTS_AFTER).values("pk")
    found = Payment.objects.filter(pk__in=failing.union(late), status__in=Payment.OPEN)
    return found.select_related("order").prefetch_related(tickets_of("order")).order_by("created_at")


def _refunds(now: datetime) -> QuerySet[Refund]:
    """Refunds that take long, and those that the provider has refused for good."""
    late = Refund.objects.filter(status=Refund.Status.PENDING, created_at__lt=now - REFUNDS_AFTER).values("pk")
    refused = Refund.objects.filter(status=Refund.Status.FAILED, created_at__lte=now).values("pk")
    found = Refund.objects.filter(pk__in=late.union(refused))
    found = found.select_related("payment__order").prefetch_related(tickets_of("payment__order"))
    return found.order_by("created_at")


def _here(rows: QuerySet[Row], theatre: Theatre) -> list[Row]:
    # Few rows are late at all. With the theatre in the query, the database would scan all its orders instead.
    return [row for row in rows[:AT_MOST] if _order_of(row).theatre_id == theatre.pk]


def _order_of(row: Payment | Refund) -> Order:
    return row.order if isinstance(row, Payment) else row.payment.order


def _facts(row: Payment | Refund) -> tuple[Order, Decimal, datetime]:
    return _order_of(row), row.amount, row.created_at


def _why(row: Retried) -> str:
    """The reason for the delay, as a sentence for staff."""
    if isinstance(row, Refund) and row.payment.is_at_till:
        return _("It was paid at a till. Please pay it out there, or settle it by hand.")
    return {
        "": _("The provider has not been asked yet. Please check that the background jobs are running."),
        "PaymentsUnavailable": _("The provider does not answer."),
        "PaymentMismatch": _("The provider reports a different amount."),
        "OtherRefund": _("The provider reports a different amount."),
        "RefundRefused": _("The provider refuses this refund. If it stays refused, please settle it by hand."),
        "PaymentUndecided": _("The provider cannot say whether this was paid."),
    }.get(row.last_error) or _("The provider’s answer was not understood (%(name)s).") % {"name": row.last_error}
