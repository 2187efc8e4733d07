"""The built-in test gateway, for the demo and for tests. No money moves.

Like a payment provider it stores charges (SandboxCharge), has a page for the buyer, sends signed webhooks and can be
queried. It charges no fees and pays nothing out. Settings allow it in no other installation.
"""

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare, salted_hmac

from cinema.domain.money import from_minor, to_minor
from cinema.exceptions import PaymentsUnavailable, WebhookForged
from cinema.gateways import webhook_url
from cinema.gateways.base import (
    Charge,
    DisputeReport,
    Event,
    Listed,
    PaymentReport,
    RefundOrder,
    RefundReport,
    RefundState,
    Result,
    Started,
)
from cinema.gateways.messages import UNREADABLE, text, whole
from cinema.models import SandboxCharge
from cinema.models.annotated import ChargeNow
from cinema.models.payments import PROVIDER_MODES
from cinema.selectors.core.compiled import Compiled

logger = logging.getLogger(__name__)

NAME, DECIDED = "sandbox", "payment.decided"
OPENED, CAPTURED, REFUNDED = "charge_", "capture_", "refund_"  # prefixes of the gateway's ids
SIGNATURE_HEADER = "X-Sandbox-Signature"
LATE_BY = timedelta(seconds=20)
WEBHOOK_TIMEOUT = 10  # seconds
PAGE = 500  # rows read at once


class SandboxGateway:
    modes = PROVIDER_MODES

    def start(self, charge: Charge) -> Started:
        entry = SandboxCharge(
            reference=charge.reference,
            description=charge.description,
            amount=from_minor(charge.amount, charge.currency),
            currency=charge.currency,
            mode=charge.mode,
            return_url=charge.return_url,
            webhook_url=webhook_url(NAME),
        )
        SandboxCharge.objects.bulk_create([entry], ignore_conflicts=True)
        return Started(OPENED + charge.reference, entry.get_absolute_url())

    def report(self, *, reference: str, provider_id: str) -> PaymentReport:
        charge = charge_by_reference(reference)
        if charge is None:
            return PaymentReport(reference=reference, result=Result.OPEN, amount=0, currency=settings.CURRENCY)
        is_delayed = charge.report_at is not None and charge.report_at > charge.now
        return _report(charge, Result.OPEN if is_delayed else Result(charge.status))

    def close(self, *, reference: str, provider_id: str) -> None:
        opened = SandboxCharge.objects.filter(reference=reference, status=Result.OPEN)
        opened.update(status=Result.DECLINED, report_at=Now(), changed_at=Now())

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event:
        signature = headers.get(SIGNATURE_HEADER, "")
        secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
        if not any(constant_time_compare(signature, sign(body, secret)) for secret in secrets):
            raise WebhookForged
        try:
            message = json.loads(body)
            if message["type"] != DECIDED:
                return Event(text(message["id"]), None)
            report = PaymentReport(
                reference=text(message["reference"]),
                provider_id=text(message["charge"]),
                capture_id=text(message["capture"]),
                result=Result(message["result"]),
                amount=whole(message["amount"]),
                currency=text(message["currency"]),
            )
            return Event(text(message["id"]), report)
        except UNREADABLE as error:
            raise ValueError("The message has missing or invalid fields.") from error

    def refund(self, order: RefundOrder) -> RefundReport:
        charge = SandboxCharge.objects.get(reference=order.reference)
        if order.key not in charge.refunds:
            amount = from_minor(order.amount, order.currency)
            if charge.status != Result.PAID or charge.refunded + amount > charge.amount:
                return order.refused()
            charge.refunds[order.key] = str(amount)
            charge.changed_at = Now()
            charge.save(update_fields=["refunds", "changed_at"])
        return _refund_report(order, REFUNDED + order.key, RefundState.DONE)

    def refund_report(self, order: RefundOrder, *, refund_id: str) -> RefundReport:
        charge = SandboxCharge.objects.get(reference=order.reference)
        is_there = refund_id.removeprefix(REFUNDED) in charge.refunds
        return _refund_report(order, refund_id, RefundState.DONE if is_there else RefundState.FAILED)

    def dispute_report(self, dispute_id: str) -> DisputeReport:
        raise PaymentsUnavailable  # nobody disputes a payment of the demo

    def reports_since(self, since: datetime) -> Iterator[Listed]:
        for charge in _paid_charges(since):
            yield _report(charge, Result.PAID)
        for charge in _paid_charges(since):
            for key, amount in charge.refunds.items():
                yield RefundReport(
                    refund_id=REFUNDED + key,
                    key=key,
                    reference=charge.reference,
                    capture_id=CAPTURED + charge.reference,
                    amount=to_minor(Decimal(amount), charge.currency),
                    currency=charge.currency,
                    state=RefundState.DONE,
                )


def charge_by_reference(reference: str) -> ChargeNow | None:
    """The charge with ``now``, the database's clock; None if there is none."""
    return next(iter(_charges(reference)), None)


@Compiled
def _charges(reference: str) -> QuerySet[ChargeNow]:
    return SandboxCharge.objects.filter(reference=reference).annotate(now=Now())


def decide(*, reference: str, result: Result, late: bool = False) -> SandboxCharge | None:
    """Record the buyer's decision on the gateway's page. ``late`` delays all reports of it by LATE_BY.

    Later decisions about the same charge are ignored. None if there is no such charge.
    """
    SandboxCharge.objects.filter(reference=reference, status=Result.OPEN).update(
        status=result, report_at=Now() + (LATE_BY if late else timedelta()), changed_at=Now()
    )
    if charge := charge_by_reference(reference):
        send_webhook(charge, delay=LATE_BY.total_seconds() if late else 0)
    return charge


def webhook(charge: SandboxCharge) -> tuple[bytes, dict[str, str]]:
    """Return body and headers of the webhook for a charge."""
    report = _report(charge, Result(charge.status))
    message = {
        "id": f"event_{report.reference}_{report.result}",
        "type": DECIDED,
        "reference": report.reference,
        "charge": report.provider_id,
        "capture": report.capture_id,
        "result": report.result,
        "amount": report.amount,
        "currency": report.currency,
    }
    body = json.dumps(message).encode()
    return body, {"Content-Type": "application/json", SIGNATURE_HEADER: sign(body, settings.SECRET_KEY)}


def sign(body: bytes, secret: str | bytes) -> str:
    """The signature of a message, with a key derived from ``secret``."""
    return salted_hmac("cinema.gateways.sandbox", body, secret=secret, algorithm="sha256").hexdigest()


def send_webhook(charge: SandboxCharge, delay: float = 0) -> None:
    """Send the webhook from another thread after ``delay`` seconds. If it is lost, the payment is queried later."""
    body, headers = webhook(charge)
    timer = threading.Timer(delay, _post, [charge.webhook_url, body, headers])
    timer.daemon = True
    timer.start()


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310, our own address
    try:
        urllib.request.urlopen(request, timeout=WEBHOOK_TIMEOUT).close()  # noqa: S310
    except (urllib.error.URLError, OSError) as error:
        logger.info("The webhook could not be delivered: %s", type(error).__name__)


def _paid_charges(since: datetime) -> Iterator[SandboxCharge]:
    """The charges paid or refunded since then, page by page; not those whose report is delayed."""
    known = SandboxCharge.objects.filter(status=Result.PAID, changed_at__gte=since)
    rows, last = known.exclude(report_at__gt=Now()).order_by("pk"), 0
    while page := list(rows.filter(pk__gt=last)[:PAGE]):
        yield from page
        last = page[-1].pk


def _report(charge: SandboxCharge, result: Result) -> PaymentReport:
    return PaymentReport(
        reference=charge.reference,
        provider_id=OPENED + charge.reference,
        capture_id=CAPTURED + charge.reference if result == Result.PAID else "",
        result=result,
        amount=to_minor(charge.amount, charge.currency),
        currency=charge.currency,
    )


def _refund_report(order: RefundOrder, refund_id: str, state: RefundState) -> RefundReport:
    return RefundReport(
        refund_id=refund_id,
        key=order.key,
        reference=order.reference,
        capture_id=order.capture_id,
        amount=order.amount,
        currency=order.currency,
        state=state,
    )
