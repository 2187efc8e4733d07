"""Razorpay: UPI, cards, net banking and wallets, on Razorpay's own payment page (Payment Links).

Sources: razorpay.com/docs/api/payments, …/payments/payment-links, /api/refunds, /api/disputes,
/api/settlements, /api/errors, /webhooks.
"""

import hashlib
import hmac
import json
import logging
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

import razorpay
import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import constant_time_compare
from razorpay.errors import BadRequestError, GatewayError, ServerError

from cinema.exceptions import PaymentsUnavailable, WebhookForged
from cinema.gateways import razorpay_qr as qr
from cinema.gateways.base import (
    PAYOUTS_MAY_FAIL,
    Charge,
    DisputeReport,
    DisputeState,
    Event,
    ItemKind,
    Listed,
    PaymentReport,
    PayoutItem,
    PayoutReport,
    PayoutState,
    RefundOrder,
    RefundReport,
    RefundState,
    ReportedFee,
    Result,
    Started,
)
from cinema.gateways.messages import UNREADABLE, moment, page, text, whole

logger = logging.getLogger(__name__)

TIMEOUT = (3, 8)  # seconds to connect, and to answer
LIFETIME = timedelta(days=1)  # of a link; without it, half a year
PAGE = 100  # entries of a list, the most that Razorpay sends at once
LINK_PAID = re.compile(r"#(\w{1,40})")  # the description of a payment: the link that was paid, without “plink_”
SIGNATURE_HEADER, EVENT_HEADER = "X-Razorpay-Signature", "X-Razorpay-Event-Id"
METHODS = {"UPI": "upi", "CARD": "card", "NETBANKING": "netbanking", "WALLET": "wallet"}
RESULTS = {
    "paid": Result.PAID,
    "expired": Result.DECLINED,
    "cancelled": Result.DECLINED,
}  # all others are open
REFUND_STATES = {"processed": RefundState.DONE, "failed": RefundState.FAILED}  # all others are pending
DISPUTE_STATES = {
    "won": DisputeState.WON,
    "closed": DisputeState.WON,  # nothing is deducted
    "lost": DisputeState.LOST,
}  # all others are open
PAYOUT_STATES = {"processed": PayoutState.PAID, "failed": PayoutState.FAILED}  # all others are pending
ITEM_KINDS = {"payment": ItemKind.PAYMENT, "refund": ItemKind.REFUND}  # all others are OTHER
BANK_TIME = ZoneInfo("Asia/Kolkata")  # of the days on which Razorpay settles

Entity = Mapping[str, Any]


class RazorpayGateway:
    modes = (*METHODS, qr.MODE)

    def __init__(self) -> None:
        keys = settings.RAZORPAY_KEY_ID and settings.RAZORPAY_KEY_SECRET
        # No message reaches a demo on somebody's own machine: it asks.
        if not (keys and (settings.RAZORPAY_WEBHOOK_SECRETS or settings.DEMO)):
            raise ImproperlyConfigured(
                "Razorpay needs RAZORPAY_KEY_ID, RAZORPAY_KEY_SECRET and RAZORPAY_WEBHOOK_SECRETS."
            )
        self.client = _client(settings.RAZORPAY_KEY_ID, settings.RAZORPAY_KEY_SECRET, settings.RAZORPAY_API)

    def start(self, charge: Charge) -> Started:
        if charge.mode == qr.MODE:
            with _answers():
                return qr.start(self.client, charge)
        asked = {
            "amount": charge.amount,
            "currency": charge.currency,
            "accept_partial": False,
            "reference_id": charge.reference,
            "description": charge.description,
            "expire_by": int(time.time() + LIFETIME.total_seconds()),
            "notify": {"sms": False, "email": False},
            "reminder_enable": False,
            "callback_url": charge.return_url,
            "callback_method": "get",
            "options": {"checkout": {"method": {method: mode == charge.mode for mode, method in METHODS.items()}}},
        }
        with _answers():
            try:
                link = self.client.payment_link.create(asked)
            except BadRequestError:
                link = self._find(charge.reference)  # a reference has one link
                if link is None:
                    raise
            return Started(text(link["id"]), page(link["short_url"], like=settings.RAZORPAY_API))

    def report(self, *, reference: str, provider_id: str) -> PaymentReport:
        with _answers():
            if qr.is_code(provider_id):
                return qr.report(self.client, provider_id)
            link = self.client.payment_link.fetch(provider_id) if provider_id else self._find(reference)
            if link is None:
                return PaymentReport(reference=reference, result=Result.OPEN, amount=0, currency=settings.CURRENCY)
            return _payment_report(link, [one for one in link["payments"] or [] if one["status"] != "failed"])

    def close(self, *, reference: str, provider_id: str) -> None:
        with _answers():
            if qr.is_code(provider_id):
                qr.close(self.client, provider_id)
                return
            try:
                self.client.payment_link.cancel(provider_id)
            except BadRequestError:  # only an unpaid link is cancelled
                logger.info("Razorpay does not close a payment.")

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event:
        _check_signature(body, headers.get(SIGNATURE_HEADER, ""))
        try:
            message = json.loads(body)
            report = _report(text(message["event"]), message["payload"])
            return Event(text(headers.get(EVENT_HEADER) or hashlib.sha256(body).hexdigest()), report)
        except UNREADABLE as error:
            raise ValueError("The message lacks something, or has something else in its place.") from error

    def refund(self, order: RefundOrder) -> RefundReport:
        if not order.capture_id:
            return order.refused()
        with _answers():
            ours = [refund for refund in self._refunds(order.capture_id) if _key(refund) == order.key]
            if alive := [refund for refund in ours if refund["status"] != "failed"]:
                return _refund_report(alive[0])
            # After each that failed, another one. It may have letters, numbers, hyphens and underscores.
            attempt = f"{order.key}-{len(ours)}".replace(".", "_")
            asked = {
                "amount": order.amount,
                "notes": {"key": order.key, "reference": order.reference},
                "receipt": attempt,
            }
            try:
                headers = {"X-Refund-Idempotency": attempt}
                return _refund_report(self.client.payment.refund(order.capture_id, asked, headers=headers))
            except BadRequestError:
                logger.warning("Razorpay refuses a refund.")
                return order.refused()

    def refund_report(self, order: RefundOrder, *, refund_id: str) -> RefundReport:
        with _answers():
            return _refund_report(self.client.refund.fetch(refund_id))

    def dispute_report(self, dispute_id: str) -> DisputeReport:
        with _answers():
            return _dispute_report(self.client.dispute.fetch(dispute_id))

    def reports_since(self, since: datetime) -> Iterator[Listed]:
        within = {"from": int(since.timestamp()), "to": int(time.time())}  # an end, so that the pages do not shift
        charged: list[ReportedFee] = []
        with _answers():
            for payment in _entries(lambda page: self.client.payment.all(within | page)):
                if payment["captured"]:
                    yield _capture_report(payment)
                    charged += _fees(payment["id"], payment["id"], payment)
            yield from map(_refund_report, _entries(lambda page: self.client.refund.all(within | page)))
            yield from map(_dispute_report, _entries(lambda page: self.client.dispute.all(within | page)))
            yield from charged
            settled = defaultdict[str, list[Entity]](list)
            for item in self._settled(since):
                settled[item["settlement_id"]].append(item)
                yield from _fees(item["entity_id"], _payment_of(item), item)
            earlier = within | {"from": int((since - PAYOUTS_MAY_FAIL).timestamp())}
            for settlement in _entries(lambda page: self.client.settlement.all(earlier | page)):
                yield _payout_report(settlement, settled.get(settlement["id"]))

    def _settled(self, since: datetime) -> Iterator[Entity]:
        """What was settled since that day: payments, refunds and adjustments, day by day."""
        day, today = since.astimezone(BANK_TIME).date(), datetime.now(BANK_TIME).date()
        while day <= today:
            yield from self._settled_on({"year": day.year, "month": day.month, "day": day.day})
            day += timedelta(days=1)

    def _settled_on(self, day: dict[str, int]) -> Iterator[Entity]:
        return _entries(lambda page: self.client.settlement.report(day | page))

    def _find(self, reference: str) -> Entity | None:
        links = self.client.payment_link.all({"reference_id": reference})["payment_links"]
        return next((link for link in links if link["reference_id"] == reference), None)

    def _refunds(self, payment: str) -> Iterator[Entity]:
        return _entries(lambda page: self.client.payment.fetch_multiple_refund(payment, page))


class _Session(requests.Session):
    """Requests with a time limit, which the SDK lacks, and without redirects. Raises PaymentsUnavailable for
    anything but JSON with a status of success or 400, a refusal: the SDK would print it, and knows only the code, which
    is the same for a refusal, a wrong key and too many requests."""

    def request(self, *args: Any, **options: Any) -> requests.Response:
        limits: dict[str, Any] = {"timeout": TIMEOUT, "allow_redirects": False}
        try:
            response = super().request(*args, **limits | options)
            response.json()
        except requests.RequestException as error:
            logger.warning("Razorpay does not answer: %s.", type(error).__name__)
            raise PaymentsUnavailable from None
        if not (response.status_code < HTTPStatus.MULTIPLE_CHOICES or response.status_code == HTTPStatus.BAD_REQUEST):
            logger.warning("Razorpay does not answer: status %s.", response.status_code)
            raise PaymentsUnavailable
        return response


@lru_cache(maxsize=1)
def _client(key: str, secret: str, api: str) -> Any:
    return razorpay.Client(session=_Session(), auth=(key, secret), base_url=api)


@contextmanager
def _answers() -> Iterator[None]:
    """Turn an answer of Razorpay that is an error, or of no use, into PaymentsUnavailable."""
    try:
        yield
    except (BadRequestError, GatewayError, ServerError, *UNREADABLE) as error:
        logger.warning("Razorpay gives no answer of use: %s.", type(error).__name__)
        raise PaymentsUnavailable from None


def _entries(fetch: Callable[[dict[str, int]], Entity]) -> Iterator[Entity]:
    """The entries of a list, which ``fetch`` reads page by page."""
    skip, is_more = 0, True
    while is_more:
        found = fetch({"count": PAGE, "skip": skip})["items"]
        yield from found
        skip, is_more = skip + PAGE, len(found) == PAGE


def _check_signature(body: bytes, signature: str) -> None:
    for secret in settings.RAZORPAY_WEBHOOK_SECRETS:
        if constant_time_compare(signature, hmac.new(secret.encode(), body, "sha256").hexdigest()):
            return
    raise WebhookForged


def _report(kind: str, about: Entity) -> PaymentReport | RefundReport | DisputeReport | None:
    if kind.startswith("payment_link."):
        captures = [{"payment_id": about["payment"]["entity"]["id"]}] if kind == "payment_link.paid" else []
        return _payment_report(about["payment_link"]["entity"], captures)
    if kind.startswith("qr_code."):
        return qr.event_report(kind, about)
    # A payment that was never captured goes back by itself.
    if kind.startswith("refund.") and about["payment"]["entity"]["captured"]:
        return _refund_report(about["refund"]["entity"])
    if kind.startswith("payment.dispute."):
        return _dispute_report(about["dispute"]["entity"])
    return None


def _payment_report(link: Entity, captures: Sequence[Entity]) -> PaymentReport:
    result = RESULTS.get(link["status"], Result.OPEN)
    is_paid = result == Result.PAID
    return PaymentReport(
        reference=text(link["reference_id"] or ""),
        provider_id=text(link["id"]),
        capture_id=text(captures[0]["payment_id"]) if is_paid else "",
        result=result,
        amount=whole(link["amount_paid" if is_paid else "amount"]),
        currency=text(link["currency"]),
    )


def _capture_report(payment: Entity) -> PaymentReport:
    """A captured payment of the account's list, which does not say the reference of its link."""
    link = LINK_PAID.fullmatch(payment["description"] or "")
    return PaymentReport(
        provider_id=f"plink_{link[1]}" if link else "",
        capture_id=text(payment["id"]),
        result=Result.PAID,
        amount=whole(payment["amount"]),
        currency=text(payment["currency"]),
    )


def _refund_report(refund: Entity) -> RefundReport:
    return RefundReport(
        refund_id=text(refund["id"]),
        key=_key(refund),
        capture_id=text(refund["payment_id"]),
        amount=whole(refund["amount"]),
        currency=text(refund["currency"]),
        state=REFUND_STATES.get(refund["status"], RefundState.PENDING),
    )


def _key(refund: Entity) -> str:
    """Our key of a refund; "" if it was made in the dashboard. Razorpay writes empty notes as a list."""
    notes = refund["notes"]
    return text(notes.get("key", "")) if isinstance(notes, dict) else ""


def _dispute_report(dispute: Entity) -> DisputeReport:
    return DisputeReport(
        dispute_id=text(dispute["id"]),
        capture_id=text(dispute["payment_id"]),
        amount=whole(dispute["amount"]),
        currency=text(dispute["currency"]),
        state=DISPUTE_STATES.get(dispute["status"], DisputeState.OPEN),
        respond_by=moment(dispute["respond_by"]),
    )


def _fees(fee_id: object, capture_id: object, charged: Entity) -> Iterator[ReportedFee]:
    """The fee in a payment or in what was settled, with its tax, if there is one already."""
    if fee := whole(charged["fee"] or 0):
        currency = text(charged["currency"])
        yield ReportedFee(fee_id=text(fee_id), capture_id=text(capture_id), amount=fee, currency=currency)


def _payment_of(item: Entity) -> str:
    """The payment that something settled is about; "" if it is about none."""
    return text((item["entity_id"] if item["type"] == "payment" else item["payment_id"]) or "")


def _item(item: Entity) -> PayoutItem:
    fee = whole(item["fee"] or 0)
    amount = whole(item["credit"]) - whole(item["debit"]) + fee
    return PayoutItem(ITEM_KINDS.get(item["type"], ItemKind.OTHER), _payment_of(item), amount, fee)


def _payout_report(settlement: Entity, items: Sequence[Entity] | None) -> PayoutReport:
    """A settlement. Its currency stands in its items only."""
    return PayoutReport(
        payout_id=text(settlement["id"]),
        amount=whole(settlement["amount"]),
        currency=text(items[0]["currency"]) if items else settings.CURRENCY,
        state=PAYOUT_STATES.get(settlement["status"], PayoutState.PENDING),
        arrives_on=datetime.fromtimestamp(whole(settlement["created_at"]), BANK_TIME).date(),
        items=tuple(map(_item, items)) if items else None,
    )
