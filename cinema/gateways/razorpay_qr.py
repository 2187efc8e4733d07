"""Razorpay's QR codes: one UPI payment of a fixed amount, shown at a till.

Sources: razorpay.com/docs/api/qr-codes, …/qr-codes/image-content, /webhooks/qr-codes. What a code contains is sent to
accounts for which Razorpay has activated it; the picture it sends to all others lies at an address of its own.
"""

import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from razorpay.errors import BadRequestError

from cinema.gateways.base import Charge, PaymentReport, Result, Started
from cinema.gateways.messages import text, whole

logger = logging.getLogger(__name__)

MODE = "QR"
LIFETIME = timedelta(minutes=16)  # Razorpay closes no code by itself in less than 15
CREDITED, CLOSED = "qr_code.credited", "qr_code.closed"
CURRENCY = "INR"  # of UPI
LONGEST = 2_000  # characters of what a code contains

Entity = Mapping[str, Any]


def is_code(provider_id: str) -> bool:
    """Whether this is the id of a QR code, and not of a payment link."""
    return provider_id.startswith("qr_")


def start(client: Any, charge: Charge) -> Started:
    """Make a QR code; its URL is what it contains. Razorpay knows no idempotency key here: a code of which no answer
    came is shown to nobody, and closes by itself."""
    asked = {
        "type": "upi_qr",
        "name": charge.description,
        "usage": "single_use",
        "fixed_amount": True,
        "payment_amount": charge.amount,
        "description": charge.description,
        "close_by": int(time.time() + LIFETIME.total_seconds()),
        "notes": {"reference": charge.reference},
    }
    code = client.qrcode.create(asked)
    return Started(text(code["id"]), _content(code["image_content"]))


def report(client: Any, code_id: str) -> PaymentReport:
    """The state of a QR code, and the payment that it has brought."""
    code = client.qrcode.fetch(code_id)
    if not whole(code["payments_count_received"]):
        return _unpaid(code)
    [payment, *_] = [one for one in client.qrcode.fetch_all_payments(code_id)["items"] if one["captured"]]
    return _paid(code, payment)


def close(client: Any, code_id: str) -> None:
    try:
        client.qrcode.close(code_id)
    except BadRequestError:  # it is closed already
        logger.info("Razorpay does not close a QR code.")


def event_report(kind: str, about: Mapping[str, Entity]) -> PaymentReport | None:
    """What a message says about a QR code; None if it decides nothing, or the code is not ours."""
    code = about["qr_code"]["entity"]
    if not _reference(code):
        return None
    if kind == CREDITED:
        return _paid(code, about["payment"]["entity"])
    if kind == CLOSED and not whole(code["payments_count_received"]) and code["close_reason"] != "paid":
        return _unpaid(code)
    return None


def _paid(code: Entity, payment: Entity) -> PaymentReport:
    return PaymentReport(
        reference=_reference(code),
        provider_id=text(code["id"]),
        capture_id=text(payment["id"]),
        result=Result.PAID,
        amount=whole(payment["amount"]),
        currency=text(payment["currency"]),
    )


def _unpaid(code: Entity) -> PaymentReport:
    return PaymentReport(
        reference=_reference(code),
        provider_id=text(code["id"]),
        result=Result.DECLINED if code["status"] == "closed" else Result.OPEN,
        amount=whole(code["payment_amount"]),
        currency=CURRENCY,
    )


def _reference(code: Entity) -> str:
    """Our reference of a code; "" if it is not ours. Razorpay writes empty notes as a list."""
    notes = code["notes"]
    return text(notes.get("reference", "")) if isinstance(notes, dict) else ""


def _content(value: object) -> str:
    if not isinstance(value, str) or not value.startswith("upi://") or len(value) > LONGEST or "\0" in value:
        raise ValueError("What a UPI code contains was expected.")
    return value
