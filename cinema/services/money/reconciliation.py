"""Reconciliation: the payments, refunds and disputes that each provider lists are compared with ours, once a day; its
fees and payouts are booked.

It finds what no message and no look-up has brought. Each difference is booked, or named as an incident for staff. Safe
to repeat, and no provider is called inside a transaction.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from cinema.domain.money import to_minor
from cinema.exceptions import (
    DatabaseBusy,
    DisputeMismatch,
    ExtraRefund,
    OtherRefund,
    PaidAgain,
    PaymentMismatch,
    PaymentNotListed,
    PaymentsUnavailable,
    RefundMismatch,
    RefundNotListed,
    ReportMismatch,
)
from cinema.exceptions.database import is_away
from cinema.gateways import GATEWAYS, get_gateway
from cinema.gateways.base import (
    DisputeReport,
    Listed,
    PaymentReport,
    PayoutReport,
    RefundReport,
    RefundState,
    ReportedFee,
)
from cinema.models import Dispute, Payment, PaymentIncident, Payout, ReconciliationRun, Refund
from cinema.services.money.disputes import receive_dispute
from cinema.services.money.incidents import record_incident
from cinema.services.money.payouts import receive_fee, receive_payout
from cinema.services.money.refunds import receive_refund
from cinema.services.money.reports import named_by, words_of
from cinema.services.money.settlement import settle_payment

logger = logging.getLogger(__name__)

DAYS = 3  # more than the lifetime of a payment page, with a day on which nothing ran
# What is younger is left to the provider's messages and to polling.
RECENT = timedelta(hours=1)
KEPT = ("started_at", "compared", "booked", "foreign", "fees", "payouts", "is_complete")  # of a result, for staff


@dataclass
class Reconciliation:
    """The comparison with one provider.

    ``compared`` reports are about payments of ours; ``booked`` of them were new; ``foreign`` ones are about others of
    the account. ``differences`` could not be booked, or do not add up. So many ``fees`` and ``payouts`` were booked.
    It is not complete if the provider did not answer.
    """

    gateway: str
    started_at: datetime = field(default_factory=timezone.now)
    compared: int = 0
    booked: int = 0
    foreign: int = 0
    fees: int = 0
    payouts: int = 0
    differences: list[PaymentIncident | Payout] = field(default_factory=list)
    is_complete: bool = True


@dataclass(frozen=True)
class Expected:
    """The keys of the payments and refunds that a provider must list, since we count them as done."""

    payments: set[int]
    refunds: set[int]


def reconcile(*, days: int = DAYS) -> list[Reconciliation]:
    """Compare what each provider lists since so many days ago with ours: for those in use, or in use at that time."""
    since = timezone.now() - timedelta(days=days)
    return [_reconcile(gateway, since) for gateway in _gateways(since)]


def _gateways(since: datetime) -> Iterator[str]:
    used = {*settings.PAYMENT_GATEWAYS.values(), *settings.COUNTER_GATEWAYS.values()}
    for name in GATEWAYS:
        if name in used or Payment.objects.filter(gateway=name, created_at__gte=since).exists():
            yield name


def _reconcile(gateway: str, since: datetime) -> Reconciliation:
    result, expected = Reconciliation(gateway), _expected(gateway, since)  # before the provider is asked
    try:
        for report in _reports(gateway, since):
            _compare(result, expected, report)
    except PaymentsUnavailable:
        logger.warning("A provider does not list its payments.")
        result.is_complete = False
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("The payments of a provider could not be compared.")
        result.is_complete = False
    else:
        for mismatch in _missing(expected):
            _name(result, mismatch)
    _keep(result)
    return result


def _reports(gateway: str, since: datetime) -> Iterator[Listed]:
    """What the provider lists, and how the earlier disputes stand that are open here."""
    provider, disputes = get_gateway(gateway), set[str]()
    for report in provider.reports_since(since):
        if isinstance(report, DisputeReport):
            disputes.add(report.dispute_id)
        yield report
    still_open = Dispute.objects.filter(gateway=gateway, status=Dispute.Status.OPEN)
    for dispute in list(still_open.exclude(dispute_id__in=disputes).values_list("dispute_id", flat=True)):
        yield provider.dispute_report(dispute)


def _keep(result: Reconciliation) -> None:
    """Store the result for staff, in place of the last one."""
    figures = {name: getattr(result, name) for name in KEPT}
    figures["differences"] = len(result.differences)
    ReconciliationRun.objects.update_or_create(gateway=result.gateway, defaults=figures)


def _name(result: Reconciliation, mismatch: ReportMismatch) -> None:
    """Write down a difference for staff, and that it was found now."""
    row = record_incident(mismatch=mismatch)
    found = PaymentIncident.objects.filter(payment=row.payment, kind=row.kind, reported=row.reported)
    found.update(seen_at=result.started_at)
    result.differences.append(row)


def _expected(gateway: str, since: datetime) -> Expected:
    """What the provider knows since then for certain: the clocks may differ, and its list may be a little late."""
    begun = since + RECENT
    payments = Payment.objects.paid().filter(gateway=gateway, created_at__gte=begun, settled_at__lte=Now() - RECENT)
    refunds = Refund.objects.filter(
        status=Refund.Status.DONE, payment__gateway=gateway, created_at__gte=begun, done_at__lte=Now() - RECENT
    )
    # Those made in the dashboard may be older there than here.
    ours = refunds.exclude(reason=Refund.Reason.AT_PROVIDER).exclude(provider_id="")
    return Expected(set(payments.values_list("pk", flat=True)), set(ours.values_list("pk", flat=True)))


def _compare(result: Reconciliation, expected: Expected, report: Listed) -> None:
    try:
        match report:
            case PaymentReport():
                _compare_payment(result, expected, report)
            case RefundReport():
                _compare_refund(result, expected, report)
            case DisputeReport():
                _compare_dispute(result, report)
            case ReportedFee():
                result.fees += receive_fee(report=report, gateway=result.gateway)
            case PayoutReport():
                _compare_payout(result, report)
    except ReportMismatch as mismatch:
        _name(result, mismatch)
    except DatabaseBusy:
        result.is_complete = False  # the next run finds it


def _compare_payment(result: Reconciliation, expected: Expected, report: PaymentReport) -> None:
    payment = Payment.objects.filter(**named_by(report, result.gateway)).annotate(now=Now()).first()
    if payment is None:
        result.foreign += 1
        return
    expected.payments.discard(payment.pk)
    if _is_recent(payment):
        return
    result.compared += 1
    if payment.status in Payment.UNPAID:
        settle_payment(report=report, gateway=result.gateway)
        result.booked += 1
    elif payment.capture_id not in ("", report.capture_id):
        raise PaidAgain(payment, _words(report, report.capture_id))
    elif (report.amount, report.currency) != (to_minor(payment.amount, payment.currency), payment.currency):
        raise PaymentMismatch(payment, words_of(report.amount, report.currency))


def _compare_refund(result: Reconciliation, expected: Expected, report: RefundReport) -> None:
    known = Refund.objects.filter(payment__gateway=result.gateway).select_related("payment").annotate(now=Now())
    which = Q(code=report.key.partition(".")[0]) if report.key else Q(provider_id=report.refund_id)
    refund = known.filter(which).first()
    if refund is not None:
        _compare_known_refund(result, expected, report, refund)
        return
    payment = Payment.objects.filter(**named_by(report, result.gateway)).annotate(now=Now()).first()
    if report.key or payment is None:
        result.foreign += 1
    elif not _is_recent(payment):
        result.compared += 1
        if report.state != RefundState.FAILED:
            if payment.status in Payment.UNPAID:
                raise RefundMismatch(payment, words_of(report.amount, report.currency))
            receive_refund(report=report, gateway=result.gateway, asked=True)
            result.booked += 1


def _compare_dispute(result: Reconciliation, report: DisputeReport) -> None:
    payment = Payment.objects.filter(**named_by(report, result.gateway)).first()
    if payment is None:
        result.foreign += 1
        return
    result.compared += 1
    if payment.status in Payment.UNPAID:
        raise DisputeMismatch(payment, words_of(report.amount, report.currency))
    result.booked += receive_dispute(report=report, gateway=result.gateway, asked=True)


def _compare_payout(result: Reconciliation, report: PayoutReport) -> None:
    payout, is_booked = receive_payout(report=report, gateway=result.gateway)
    result.payouts += is_booked
    if payout.difference:
        result.differences.append(payout)


def _compare_known_refund(result: Reconciliation, expected: Expected, report: RefundReport, refund: Refund) -> None:
    is_current = refund.provider_id == report.refund_id
    if report.state != RefundState.FAILED or is_current:
        expected.refunds.discard(refund.pk)
    if _is_recent(refund):
        return
    result.compared += 1
    if _is_news(report, refund, is_current=is_current):
        receive_refund(report=report, gateway=result.gateway, asked=True)
        result.booked += 1
    elif report.state == RefundState.DONE and not _has_amount(report, refund):
        raise OtherRefund(refund.payment, words_of(report.amount, report.currency))
    elif report.state == RefundState.DONE and not _is_booked(refund, is_current=is_current):
        raise ExtraRefund(refund.payment, _words(report, report.refund_id))


def _is_news(report: RefundReport, refund: Refund, *, is_current: bool) -> bool:
    """Whether a refund is done or has failed at the provider, and not here. One that failed earlier is no news."""
    if report.key not in ("", refund.key) or not _has_amount(report, refund):
        return False
    if report.state == RefundState.FAILED:
        return is_current and refund.status in (Refund.Status.PENDING, Refund.Status.DONE)
    return report.state == RefundState.DONE and refund.status in Refund.OWED


def _is_booked(refund: Refund, *, is_current: bool) -> bool:
    """Whether a refund that the provider has made is that which is done here, and not a further one."""
    return refund.status == Refund.Status.DONE and (is_current or not refund.provider_id)


def _has_amount(report: RefundReport, refund: Refund) -> bool:
    """Whether a refund is of the reported amount, with its other rows if it was made at the provider for several
    tickets."""
    payment = refund.payment
    rows = payment.refunds.filter(provider_id=refund.provider_id) if refund.provider_id else [refund]
    amount = sum((row.amount for row in rows), Decimal(0))
    return (report.amount, report.currency) == (to_minor(amount, payment.currency), payment.currency)


def _missing(expected: Expected) -> Iterator[ReportMismatch]:
    """What we count as done although the provider does not list it."""
    for payment in Payment.objects.paid().filter(pk__in=expected.payments):
        yield PaymentNotListed(payment, words_of(0, payment.currency))
    refunds = Refund.objects.filter(pk__in=expected.refunds, status=Refund.Status.DONE)
    for refund in refunds.select_related("payment"):
        said = f"{words_of(0, refund.payment.currency)}, {refund.provider_id}"[:100]
        yield RefundNotListed(refund.payment, said)


def _words(report: PaymentReport | RefundReport, name: str) -> str:
    return f"{words_of(report.amount, report.currency)}, {name}"[:100]


def _is_recent(row: Any) -> bool:
    """Whether a row, with ``now``, is younger than RECENT."""
    return bool(row.now - row.created_at < RECENT)
