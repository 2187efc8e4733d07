"""Messages of payment providers: each is stored, and acted on once, in one transaction.

A message only triggers: what it leads to is decided by the report in it and by the rows as they stand, so that one that
comes twice, late or before an earlier one is harmless. About one that contradicts an earlier one the provider is asked.
One that cannot be acted on stays and is tried again.
"""

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError
from django.db.models.functions import Now
from django.utils.dateparse import parse_datetime

from cinema.exceptions import BusinessRuleViolation, DatabaseBusy, ReportMismatch, ReportUnconfirmed
from cinema.gateways import get_gateway
from cinema.gateways.base import (
    DisputeReport,
    DisputeState,
    Event,
    PaymentReport,
    RefundOrder,
    RefundReport,
    RefundState,
    Report,
    Result,
)
from cinema.models import ProviderEvent
from cinema.services.core.retries import Backoff, attempt_due
from cinema.services.core.transactions import atomically
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.incidents import record_incident
from cinema.services.money.refunds import receive_refund
from cinema.services.money.settlement import settle_payment

logger = logging.getLogger(__name__)

Kind = ProviderEvent.Kind

BACKOFF = Backoff(first=timedelta(seconds=20), factor=2, longest=timedelta(hours=6))
TRIED_FOR = timedelta(days=3)
KEPT_FOR = timedelta(days=30)
LONGEST = 255  # characters of an id


def receive_event(*, gateway: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Store a message of the gateway and act on it; if that fails, handle_due_events() tries again.

    Raises WebhookForged, PaymentsUnavailable, ValueError if it cannot be read, and DatabaseBusy.
    """
    event = get_gateway(gateway).read_event(body=body, headers=headers)
    if not 0 < len(event.id) <= LONGEST:
        raise ValueError("The message has no id that can be stored.")
    try:
        _accept(gateway=gateway, event=event)
    except (DatabaseBusy, OperationalError, InterfaceError):
        raise  # nothing is stored: the provider sends it again
    except ReportMismatch as mismatch:
        record_incident(mismatch=mismatch)
        _keep(gateway=gateway, event=event, handled_at=Now(), due_at=None)
    except ReportUnconfirmed:
        _keep(gateway=gateway, event=event, due_at=Now())
    except Exception as error:
        if ProviderEvent.objects.filter(gateway=gateway, event_id=event.id).exists():
            logger.info("A message of a provider came again.")
            return
        name, event_id = type(error).__name__, event.id
        if isinstance(error, BusinessRuleViolation | ObjectDoesNotExist):
            logger.warning("Message %s of %s could not be acted on: %s.", event_id, gateway, name)
        else:
            logger.exception("A message of a provider could not be acted on.")
        _keep(gateway=gateway, event=event, due_at=Now() + BACKOFF.wait(1), failing_since=Now(), last_error=name)


def handle_due_events() -> int:
    """Act on stored messages that could not be acted on before; return how many are handled now.

    That one is about nothing of ours was logged when it came.
    """
    waiting = ProviderEvent.objects.filter(handled_at=None, due_at__isnull=False)
    return attempt_due(rows=waiting, attempt=_try, backoff=BACKOFF, quiet=(ObjectDoesNotExist,))


def forget_events() -> int:
    """Delete the messages of more than 30 days ago, handled or given up; return how many.

    A message about a payment that is not there is given up after TRIED_FOR: the provider's account has other users.
    """
    foreign = ProviderEvent.objects.filter(handled_at=None, due_at__isnull=False, last_error="DoesNotExist")
    foreign.filter(received_at__lt=Now() - TRIED_FOR).update(due_at=None, failing_since=None)
    old = ProviderEvent.objects.filter(received_at__lt=Now() - KEPT_FOR, due_at=None)
    return old.delete()[0]


@atomically
def _accept(*, gateway: str, event: Event) -> None:
    """Store the message and act on it. Raises IntegrityError if it is stored already."""
    _row(gateway, event, handled_at=Now(), due_at=None).save(force_insert=True)
    _act(gateway, event.report)


@atomically
def _keep(*, gateway: str, event: Event, **state: object) -> None:
    """Store the message without acting on it."""
    ProviderEvent.objects.bulk_create([_row(gateway, event, **state)], ignore_conflicts=True)


def _try(key: int) -> bool:
    stored = ProviderEvent.objects.get(pk=key)
    report = _read(stored)
    try:
        try:
            return _handle(stored=stored, report=report)
        except ReportUnconfirmed:
            return _handle(stored=stored, report=_ask(stored.gateway, report), asked=True)
    except ReportMismatch as mismatch:
        record_incident(mismatch=mismatch)
        return bool(ProviderEvent.objects.filter(pk=key).update(handled_at=Now(), due_at=None))


@atomically
def _handle(*, stored: ProviderEvent, report: Report | None, asked: bool = False) -> bool:
    if not ProviderEvent.objects.filter(pk=stored.pk, handled_at=None).update(handled_at=Now(), due_at=None):
        return False
    _act(stored.gateway, report, asked=asked)
    return True


def _ask(gateway: str, report: Report | None) -> Report | None:
    """What the provider says now about the refund or the dispute of a report. Raises PaymentsUnavailable."""
    match report:
        case RefundReport():
            order = RefundOrder(
                reference=report.reference,
                provider_id="",
                capture_id=report.capture_id,
                amount=report.amount,
                currency=report.currency,
                key=report.key,
            )
            return get_gateway(gateway).refund_report(order, refund_id=report.refund_id)
        case DisputeReport():
            return get_gateway(gateway).dispute_report(report.dispute_id)
    return report


def _act(gateway: str, report: Report | None, *, asked: bool = False) -> None:
    match report:
        case PaymentReport():
            settle_payment(report=report, gateway=gateway)
        case RefundReport():
            receive_refund(report=report, gateway=gateway, asked=asked)
        case DisputeReport():
            receive_dispute(report=report, gateway=gateway, asked=asked)


def _row(gateway: str, event: Event, **state: object) -> ProviderEvent:
    report = event.report
    return ProviderEvent(
        gateway=gateway,
        event_id=event.id,
        kind=_kind(report),
        about=_about(report)[:LONGEST],
        report=asdict(report) if report else None,
        received_at=Now(),
        **state,
    )


def _kind(report: Report | None) -> Kind:
    match report:
        case PaymentReport():
            return Kind.PAYMENT
        case RefundReport():
            return Kind.REFUND
        case DisputeReport():
            return Kind.DISPUTE
    return Kind.OTHER


def _about(report: Report | None) -> str:
    """The payment, by the first name that the provider gives it."""
    if report is None:
        return ""
    return report.reference or getattr(report, "provider_id", "") or report.capture_id


def _read(stored: ProviderEvent) -> Report | None:
    """The report of a stored message."""
    fields = dict(stored.report or {})
    match stored.kind:
        case Kind.PAYMENT:
            return PaymentReport(**fields | {"result": Result(fields["result"])})
        case Kind.REFUND:
            return RefundReport(**fields | {"state": RefundState(fields["state"])})
        case Kind.DISPUTE:
            until = fields["respond_by"] and parse_datetime(fields["respond_by"])
            return DisputeReport(**fields | {"state": DisputeState(fields["state"]), "respond_by": until})
    return None
