"""The built-in test gateway: a payment provider in miniature, for the demo and for tests.

It keeps books of its own (SandboxCharge), has its own page, reports by a signed webhook and answers when asked.
No money moves. Settings refuse to start any other installation with it.
"""

import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare, salted_hmac

from cinema.exceptions import WebhookForged
from cinema.gateways.base import Charge, PaymentReport, Result
from cinema.models import SandboxCharge

logger = logging.getLogger(__name__)

SIGNATURE_HEADER = "X-Sandbox-Signature"
LATE_BY = timedelta(seconds=20)
WEBHOOK_TIMEOUT = 10  # seconds


class SandboxGateway:
    def start(self, charge: Charge) -> str:
        entry = SandboxCharge(**asdict(charge))
        SandboxCharge.objects.bulk_create([entry], ignore_conflicts=True)
        return entry.get_absolute_url()

    def report(self, *, reference: str) -> PaymentReport:
        charge = SandboxCharge.objects.annotate(now=Now()).filter(reference=reference).first()
        if charge is None:
            return PaymentReport(reference, Result.OPEN, Decimal(0), settings.CURRENCY)
        silent = charge.report_at is not None and charge.report_at > charge.now
        return _report(charge, Result.OPEN if silent else Result(charge.status))

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> PaymentReport:
        if not constant_time_compare(headers.get(SIGNATURE_HEADER, ""), sign(body)):
            raise WebhookForged
        message = json.loads(body)
        try:
            reference, currency = str(message["reference"]), str(message["currency"])
            report = PaymentReport(reference, Result(message["result"]), Decimal(message["amount"]), currency)
        except (LookupError, TypeError, ArithmeticError, RecursionError) as error:
            raise ValueError("The message lacks something, or has something else in its place.") from error
        if not report.amount.is_finite() or "\0" in reference:
            raise ValueError("The message has an amount or a reference that cannot be.")
        return report

    def refund(self, *, reference: str, amount: Decimal, key: str) -> None:
        charge = SandboxCharge.objects.get(reference=reference)
        if key not in charge.refunds:
            charge.refunds[key] = str(amount)
            charge.save(update_fields=["refunds"])


def decide(*, reference: str, result: Result, late: bool = False) -> SandboxCharge:
    """The buyer has decided on the gateway's page. ``late`` keeps the gateway silent about it for LATE_BY.

    A charge that is decided stays as it is, however often the buyer presses a button.
    """
    SandboxCharge.objects.filter(reference=reference, status=Result.OPEN).update(
        status=result, report_at=Now() + (LATE_BY if late else timedelta())
    )
    charge = SandboxCharge.objects.get(reference=reference)
    send_webhook(charge, delay=LATE_BY.total_seconds() if late else 0)
    return charge


def webhook(charge: SandboxCharge) -> tuple[bytes, dict[str, str]]:
    """The message the gateway sends about a charge: its body and its headers."""
    report = _report(charge, Result(charge.status))
    body = json.dumps(
        {
            "reference": report.reference,
            "result": report.result,
            "amount": str(report.amount),
            "currency": report.currency,
        }
    ).encode()
    return body, {"Content-Type": "application/json", SIGNATURE_HEADER: sign(body)}


def sign(body: bytes) -> str:
    """The signature of a message, by a key derived from this installation's own."""
    return salted_hmac("cinema.gateways.sandbox", body, algorithm="sha256").hexdigest()


def send_webhook(charge: SandboxCharge, delay: float = 0) -> None:
    """Post the webhook from a thread of its own, as a provider's server would. If one is lost, the provider is asked
    later."""
    body, headers = webhook(charge)
    timer = threading.Timer(delay, _post, [charge.webhook_url, body, headers])
    timer.daemon = True
    timer.start()


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # nosec B310 # noqa: S310, our own address
    try:
        urllib.request.urlopen(request, timeout=WEBHOOK_TIMEOUT).close()  # nosec B310 # noqa: S310
    except (urllib.error.URLError, OSError) as error:
        logger.info("The webhook could not be delivered: %s", type(error).__name__)


def _report(charge: SandboxCharge, result: Result) -> PaymentReport:
    return PaymentReport(charge.reference, result, charge.amount, charge.currency)
