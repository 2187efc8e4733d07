"""Stripe: cards, with Apple Pay and Google Pay, on Stripe's own payment page (Checkout Sessions).

The page asks for Strong Customer Authentication where a bank wants it. Sources: docs.stripe.com/api/checkout/sessions,
/api/refunds, /api/disputes, /api/balance_transactions, /api/payouts, /payouts/reconciliation, /webhooks, /currencies.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import requests
import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cinema.exceptions import WebhookForged
from cinema.gateways import stripe_terminal as terminal
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
    Reader,
    RefundOrder,
    RefundReport,
    RefundState,
    ReportedFee,
    Result,
    Started,
)
from cinema.gateways.messages import UNREADABLE, moment, page, text, whole
from cinema.gateways.stripe_answers import answers, create, from_stripe, to_stripe

logger = logging.getLogger(__name__)

API_VERSION = "2026-10-28.endive"  # of the installed SDK; a webhook endpoint is created with the same one
TIMEOUT = (3, 8)  # seconds to connect, and to answer
PAGE = 100  # entries of a list, the most that Stripe sends at once
TOLERANCE = 300  # seconds for which a signature is good
SIGNATURE_HEADER = "Stripe-Signature"
REFUND_STATES = {
    "succeeded": RefundState.DONE,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}  # all others are pending
DISPUTE_STATES = {
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}  # all others are open
PAYOUT_STATES = {
    "paid": PayoutState.PAID,
    "failed": PayoutState.FAILED,
    "canceled": PayoutState.FAILED,
}  # all others are pending
ITEM_KINDS = {
    "charge": ItemKind.PAYMENT,
    "payment": ItemKind.PAYMENT,
    "refund": ItemKind.REFUND,
    "refund_failure": ItemKind.REFUND,
    "payment_refund": ItemKind.REFUND,
    "payment_failure_refund": ItemKind.REFUND,
}  # by the type of a balance transaction; all others are OTHER
FEES = {"stripe_fee", "stripe_fx_fee", "tax_fee"}  # balance transactions that are a fee altogether
PAYOUTS = {"payout", "payout_cancel", "payout_failure"}  # and those of payouts themselves


class StripeGateway:
    modes = ("CARD", "WALLET", terminal.MODE)

    def __init__(self) -> None:
        # No message reaches a demo on somebody's own machine: it asks.
        if not (settings.STRIPE_SECRET_KEY and (settings.STRIPE_WEBHOOK_SECRETS or settings.DEMO)):
            raise ImproperlyConfigured("Stripe needs STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRETS.")
        self.client = _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API)

    def start(self, charge: Charge) -> Started:
        if charge.mode == terminal.MODE:
            return terminal.start(self.client, charge)
        about = {"reference": charge.reference}
        asked: stripe.params.checkout.SessionCreateParams = {
            "mode": "payment",
            "allowed_payment_method_types": ["card"],
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": charge.currency.lower(),
                        "unit_amount": to_stripe(charge.amount, charge.currency),
                        "product_data": {"name": charge.description},
                    },
                }
            ],
            "adaptive_pricing": {"enabled": False},  # the buyer pays the amount that was agreed
            "client_reference_id": charge.reference,
            "customer_email": charge.email,
            "success_url": charge.return_url,
            "cancel_url": charge.return_url,
            "metadata": about,
            "payment_intent_data": {"metadata": about, "description": charge.description},
        }
        with answers():
            open_one = self.client.v1.checkout.sessions.create
            session = create(lambda key: open_one(asked, {"idempotency_key": key}), charge.reference)
            url = page(session.url, like=settings.STRIPE_API) if session.status == "open" else charge.return_url
            return Started(text(session.id), url)

    def report(self, *, reference: str, provider_id: str) -> PaymentReport:
        if not provider_id:
            return PaymentReport(reference=reference, result=Result.OPEN, amount=0, currency=settings.CURRENCY)
        if terminal.is_intent(provider_id):
            return terminal.report(self.client, provider_id)
        with answers():
            return _payment_report(self.client.v1.checkout.sessions.retrieve(provider_id).to_dict())

    def close(self, *, reference: str, provider_id: str) -> None:
        if terminal.is_intent(provider_id):
            terminal.close(self.client, provider_id)
            return
        with answers():
            try:
                self.client.v1.checkout.sessions.expire(provider_id)
            except stripe.InvalidRequestError as refusal:  # only an open session expires
                logger.info("Stripe does not close a payment, with status %s.", refusal.http_status)

    def readers(self) -> list[Reader]:
        return terminal.readers(self.client)

    def hand_over(self, *, provider_id: str, reader_id: str) -> None:
        terminal.hand_over(self.client, provider_id, reader_id)

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event:
        _check_signature(body, headers.get(SIGNATURE_HEADER, ""))
        try:
            message = json.loads(body)
            kind, about = message["type"], message["data"]["object"]
            return Event(text(message["id"]), _report(text(kind), about))
        except UNREADABLE as error:
            raise ValueError("The message lacks something, or has something else in its place.") from error

    def refund(self, order: RefundOrder) -> RefundReport:
        if not order.capture_id:
            return order.refused()
        with answers():
            # An idempotency key is forgotten after a day, a refund's metadata is not.
            made = self.client.v1.refunds.list(params={"payment_intent": order.capture_id, "limit": PAGE})
            ours = [one for refund in made.auto_paging_iter() if _key(one := refund.to_dict()) == order.key]
            if alive := [one for one in ours if one["status"] not in ("failed", "canceled")]:
                return _refund_report(alive[0])
            asked: stripe.params.RefundCreateParams = {
                "payment_intent": order.capture_id,
                "amount": to_stripe(order.amount, order.currency),
                "metadata": {"key": order.key, "reference": order.reference},
            }
            make = self.client.v1.refunds.create
            attempt = f"{order.key}-{len(ours)}"  # after each that failed, another one
            try:
                refund = create(lambda key: make(asked, {"idempotency_key": key}), attempt)
            except stripe.InvalidRequestError as refusal:
                logger.warning("Stripe refuses a refund, with status %s.", refusal.http_status)
                return order.refused()
            return _refund_report(refund.to_dict())

    def refund_report(self, order: RefundOrder, *, refund_id: str) -> RefundReport:
        with answers():
            return _refund_report(self.client.v1.refunds.retrieve(refund_id).to_dict())

    def dispute_report(self, dispute_id: str) -> DisputeReport:
        with answers():
            return _dispute_report(self.client.v1.disputes.retrieve(dispute_id).to_dict())

    def reports_since(self, since: datetime) -> Iterator[Listed]:
        begin = int(since.timestamp())
        with answers():
            sessions = self.client.v1.checkout.sessions.list(
                {"created": {"gte": begin}, "status": "complete", "limit": PAGE}
            )
            for session in map(stripe.checkout.Session.to_dict, sessions.auto_paging_iter()):
                if session["mode"] == "payment" and session["payment_status"] == "paid":
                    yield _payment_report(session)
            yield from terminal.reports_since(self.client, begin, PAGE)
            refunds = self.client.v1.refunds.list({"created": {"gte": begin}, "limit": PAGE})
            yield from map(_refund_report, map(stripe.Refund.to_dict, refunds.auto_paging_iter()))
            disputes = self.client.v1.disputes.list({"created": {"gte": begin}, "limit": PAGE})
            yield from map(_dispute_report, map(stripe.Dispute.to_dict, disputes.auto_paging_iter()))
            for entry in self._balance({"created": {"gte": begin}}):
                if fee := _fee(entry):
                    yield _fee_report(entry, fee)
            payouts = self.client.v1.payouts.list(
                {"created": {"gte": int((since - PAYOUTS_MAY_FAIL).timestamp())}, "limit": PAGE}
            )
            for payout in map(stripe.Payout.to_dict, payouts.auto_paging_iter()):
                # Of payouts made by hand Stripe does not know what they contain.
                is_known = payout["reconciliation_status"] == "completed" and payout["created"] >= begin
                yield _payout_report(payout, self._items(payout["id"]) if is_known else None)

    def _items(self, payout: str) -> tuple[PayoutItem, ...]:
        return tuple(_item(entry) for entry in self._balance({"payout": payout}) if entry["type"] not in PAYOUTS)

    def _balance(self, which: stripe.params.BalanceTransactionListParams) -> Iterator[Mapping[str, Any]]:
        """The movements of the account's balance, each with what it is about as ``source``."""
        listed = self.client.v1.balance_transactions.list({"limit": PAGE, "expand": ["data.source"], **which})
        return map(stripe.BalanceTransaction.to_dict, listed.auto_paging_iter())


@lru_cache(maxsize=1)
def _client(key: str, api: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": api},
        max_network_retries=0,  # whoever calls asks again by itself
        http_client=stripe.RequestsClient(timeout=TIMEOUT, session=_session()),
    )


def _session() -> requests.Session:
    """Requests without redirects."""
    session = requests.Session()
    session.max_redirects = 0
    return session


def _check_signature(body: bytes, signature: str) -> None:
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE)
            return
        except (stripe.SignatureVerificationError, TypeError):  # TypeError: a signature that is not ASCII
            continue
        except UnicodeDecodeError:  # Stripe sends JSON in UTF-8
            raise ValueError("The message is not text.") from None
    raise WebhookForged


def _report(kind: str, about: dict[str, Any]) -> PaymentReport | RefundReport | DisputeReport | None:
    if kind.startswith("checkout.session.") and about["mode"] == "payment":
        return _payment_report(about, declined=kind == "checkout.session.async_payment_failed")
    if kind.startswith(terminal.EVENTS):
        return terminal.event_report(kind, about)
    if kind.startswith("refund."):
        return _refund_report(about)
    if kind.startswith("charge.dispute.") and about["object"] == "dispute":
        return _dispute_report(about)
    return None


def _payment_report(session: Mapping[str, Any], *, declined: bool = False) -> PaymentReport:
    """A session that is complete but not paid waits for a bank."""
    is_paid = session["payment_status"] == "paid"
    is_over = declined or session["status"] == "expired"
    currency = text(session["currency"]).upper()
    return PaymentReport(
        reference=text(session["client_reference_id"] or ""),
        provider_id=text(session["id"]),
        capture_id=text(session["payment_intent"]) if is_paid else "",
        result=Result.PAID if is_paid else Result.DECLINED if is_over else Result.OPEN,
        amount=from_stripe(session["amount_total"], currency),
        currency=currency,
    )


def _refund_report(refund: Mapping[str, Any]) -> RefundReport:
    currency = text(refund["currency"]).upper()
    return RefundReport(
        refund_id=text(refund["id"]),
        key=text(_key(refund)),
        capture_id=text(refund["payment_intent"] or ""),
        amount=from_stripe(refund["amount"], currency),
        currency=currency,
        state=REFUND_STATES.get(refund["status"], RefundState.PENDING),
    )


def _key(refund: Mapping[str, Any]) -> str:
    """Our key of a refund; "" if it was made in the dashboard."""
    key: str = (refund["metadata"] or {}).get("key", "")
    return key


def _dispute_report(dispute: Mapping[str, Any]) -> DisputeReport:
    currency, due_by = text(dispute["currency"]).upper(), dispute["evidence_details"]["due_by"]
    return DisputeReport(
        dispute_id=text(dispute["id"]),
        capture_id=text(dispute["payment_intent"] or ""),
        amount=from_stripe(dispute["amount"], currency),
        currency=currency,
        state=DISPUTE_STATES.get(dispute["status"], DisputeState.OPEN),
        respond_by=moment(due_by),
    )


def _fee_report(entry: Mapping[str, Any], fee: int) -> ReportedFee:
    currency = text(entry["currency"]).upper()
    return ReportedFee(
        fee_id=text(entry["id"]),
        capture_id=_intent(entry),
        amount=from_stripe(fee, currency),
        currency=currency,
    )


def _fee(entry: Mapping[str, Any]) -> int:
    """What is charged by a balance transaction."""
    return whole(entry["fee"]) - (whole(entry["amount"]) if entry["type"] in FEES else 0)


def _item(entry: Mapping[str, Any]) -> PayoutItem:
    currency, fee = text(entry["currency"]).upper(), _fee(entry)
    return PayoutItem(
        ITEM_KINDS.get(entry["type"], ItemKind.OTHER),
        _intent(entry),
        from_stripe(whole(entry["net"]) + fee, currency),
        from_stripe(fee, currency),
    )


def _intent(entry: Mapping[str, Any]) -> str:
    """The PaymentIntent that a balance transaction is about; "" if it is about none."""
    source = entry["source"]
    return text(source.get("payment_intent") or "") if isinstance(source, dict) else ""


def _payout_report(payout: Mapping[str, Any], items: tuple[PayoutItem, ...] | None) -> PayoutReport:
    currency = text(payout["currency"]).upper()
    return PayoutReport(
        payout_id=text(payout["id"]),
        amount=from_stripe(payout["amount"], currency),
        currency=currency,
        state=PAYOUT_STATES.get(payout["status"], PayoutState.PENDING),
        arrives_on=datetime.fromtimestamp(whole(payout["arrival_date"]), UTC).date(),
        items=items,
    )
