"""Stripe Terminal, driven by the server: a card reader at a till is handed a PaymentIntent, and asks for the card.

Sources: docs.stripe.com/terminal/payments/collect-card-payment?terminal-sdk-platform=server-driven,
…/api/terminal/readers, …/api/payment_intents, …/error-codes. A PaymentIntent of ours has the reader's id in its
metadata, those of payment pages have not.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import stripe
from django.conf import settings

from cinema.exceptions import ReaderNotReady
from cinema.gateways.base import Charge, PaymentReport, Reader, Result, Started
from cinema.gateways.messages import text
from cinema.gateways.stripe_answers import answers, create, from_stripe, to_stripe

logger = logging.getLogger(__name__)

MODE = "READER"
EVENTS = ("payment_intent.", "terminal.reader.")
ACTION_FAILED = "terminal.reader.action_failed"
MOST_READERS = 100
# A reader with one of these has not asked for a card; of “terminal_reader_timeout” nobody knows.
NOT_READY = {
    "resource_missing",
    "terminal_reader_busy",
    "terminal_reader_hardware_fault",
    "terminal_reader_invalid_location_for_payment",
    "terminal_reader_offline",
}
RESULTS = {"succeeded": Result.PAID, "canceled": Result.DECLINED}  # all others are open

Object = Mapping[str, Any]


def is_intent(provider_id: str) -> bool:
    """Whether this is the id of a PaymentIntent, and not of a payment page."""
    return provider_id.startswith("pi_")


def start(client: stripe.StripeClient, charge: Charge) -> Started:
    """Open a PaymentIntent for a card that is present; nobody is asked to pay yet."""
    asked: stripe.params.PaymentIntentCreateParams = {
        "amount": to_stripe(charge.amount, charge.currency),
        "currency": charge.currency.lower(),
        "allowed_payment_method_types": ["card_present"],
        "capture_method": "automatic",
        "description": charge.description,
        "metadata": {"reference": charge.reference, "reader": charge.reader},
    }
    with answers():
        make = client.v1.payment_intents.create
        intent = create(lambda key: make(asked, {"idempotency_key": key}), charge.reference)
        return Started(text(intent.id), "")


def hand_over(client: stripe.StripeClient, intent: str, reader: str) -> None:
    with answers():
        try:
            config: Any = {"enable_customer_cancellation": True, "skip_tipping": True}
            client.v1.terminal.readers.process_payment_intent(
                reader, {"payment_intent": intent, "process_config": config}
            )
        except stripe.InvalidRequestError as refusal:
            if refusal.code not in NOT_READY:
                raise
            logger.info("A card reader is not ready, with status %s.", refusal.http_status)
            raise ReaderNotReady from None


def readers(client: stripe.StripeClient) -> list[Reader]:
    with answers():
        found = client.v1.terminal.readers.list({"limit": MOST_READERS})
        known = map(stripe.terminal.Reader.to_dict, found.auto_paging_iter())
        return [Reader(text(one["id"]), text(one["label"]), one["status"] == "online") for one in known]


def report(client: stripe.StripeClient, intent: str) -> PaymentReport:
    """The state of a PaymentIntent. One that waits for a card is declined if its reader has given it up."""
    with answers():
        found = client.v1.payment_intents.retrieve(intent).to_dict()
        is_over = found["status"] == "requires_payment_method" and _is_given_up(client, found)
        return _payment_report(found, declined=is_over)


def close(client: stripe.StripeClient, intent: str) -> None:
    """Stop the reader, if it still asks for this payment, and cancel the PaymentIntent unless it was paid."""
    with answers():
        found = client.v1.payment_intents.retrieve(intent).to_dict()
        try:
            if (action := _action(client, found)) and action["status"] == "in_progress":
                client.v1.terminal.readers.cancel_action(found["metadata"]["reader"])
            client.v1.payment_intents.cancel(intent)
        except stripe.InvalidRequestError as refusal:  # it is being paid, or was, or is cancelled
            logger.info("Stripe does not close a payment, with status %s.", refusal.http_status)


def event_report(kind: str, about: Object) -> PaymentReport | None:
    """What a message says about a payment at a reader; None if it decides none."""
    if kind == ACTION_FAILED:
        action = about["action"]
        if action["type"] != "process_payment_intent":
            return None
        intent = text(action["process_payment_intent"]["payment_intent"])
        return PaymentReport(provider_id=intent, result=Result.DECLINED, amount=0, currency=settings.CURRENCY)
    return _payment_report(about) if kind.startswith("payment_intent.") and _reader_of(about) else None


def reports_since(client: stripe.StripeClient, begin: int, page: int) -> Iterator[PaymentReport]:
    """The payments at readers since a time, for which money came."""
    listed = client.v1.payment_intents.list({"created": {"gte": begin}, "limit": page})
    for intent in map(stripe.PaymentIntent.to_dict, listed.auto_paging_iter()):
        if intent["status"] == "succeeded" and _reader_of(intent):
            yield _payment_report(intent)


def _payment_report(intent: Object, *, declined: bool = False) -> PaymentReport:
    currency = text(intent["currency"]).upper()
    result = Result.DECLINED if declined else RESULTS.get(intent["status"], Result.OPEN)
    is_paid = result == Result.PAID
    return PaymentReport(
        reference=text(intent["metadata"].get("reference", "")),
        provider_id=text(intent["id"]),
        capture_id=text(intent["id"]) if is_paid else "",
        result=result,
        amount=from_stripe(intent["amount_received" if is_paid else "amount"], currency),
        currency=currency,
    )


def _reader_of(intent: Object) -> str:
    reader: str = (intent["metadata"] or {}).get("reader", "")
    return reader


def _is_given_up(client: stripe.StripeClient, intent: Object) -> bool:
    """Whether the reader has failed to get it paid: the card was declined, or somebody cancelled on the reader."""
    action = _action(client, intent)
    return action["status"] == "failed" if action else bool(intent["last_payment_error"])


def _action(client: stripe.StripeClient, intent: Object) -> Object | None:
    """What the reader does, or did last, about this PaymentIntent; None if that is something else."""
    if not (reader := _reader_of(intent)):
        return None
    try:
        action = client.v1.terminal.readers.retrieve(reader).to_dict().get("action")
    except stripe.InvalidRequestError:  # the reader was removed from the account
        return None
    if not action or action["type"] != "process_payment_intent":
        return None
    return action if action["process_payment_intent"]["payment_intent"] == intent["id"] else None
