"""The protocol between the cinema and a payment provider. Everything else about a provider stays in its adapter.

Amounts are whole numbers of ISO 4217 minor units (paise, cents, whole yen), as domain.money.to_minor() gives them;
currencies are ISO codes in capitals. Two ids of the provider are kept with a Payment: ``provider_id``, of what start()
opened (a session, an order, a link), and ``capture_id``, of the money that came.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Result(StrEnum):
    """How a payment stands: OPEN until the provider has decided. DECLINED is final for what start() opened; an attempt
    after which the buyer can try again on the same page leaves it OPEN."""

    OPEN = "OPEN"
    PAID = "PAID"
    DECLINED = "DECLINED"


class RefundState(StrEnum):
    """How a refund stands. DONE may still become FAILED: banks return money."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


class DisputeState(StrEnum):
    """How a dispute (chargeback) stands, seen from the cinema."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A payment to be made. ``reference`` is the Payment's code and the idempotency key; ``mode`` a PaymentMode. The
    provider may fill in the buyer's ``email``; the buyer comes back to ``return_url``, paid or not."""

    reference: str
    amount: int
    currency: str
    mode: str
    description: str
    email: str
    return_url: str


@dataclass(frozen=True)
class Started:
    """A payment the provider has opened: its id, and the URL to send the buyer to (a path if it is ours)."""

    provider_id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class PaymentReport:
    """How the provider says that a payment stands. It names the Payment by ``reference`` (its code) or by
    ``provider_id``. A PAID one has the ``capture_id``, and ``amount`` and ``currency`` as captured."""

    reference: str = ""
    provider_id: str = ""
    capture_id: str = ""
    result: Result
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """Money to send back of a payment, known by all its names. ``key`` is ours, for this refund."""

    reference: str
    provider_id: str
    capture_id: str
    amount: int
    currency: str
    key: str


@dataclass(frozen=True, kw_only=True)
class RefundReport:
    """How the provider says that a refund stands. ``refund_id`` is the provider's, "" where it refused to make one;
    ``key`` is ours, "" for one that was made in the provider's dashboard. It names its payment as PaymentReport does,
    or by ``capture_id``."""

    refund_id: str
    key: str
    reference: str = ""
    capture_id: str = ""
    amount: int
    currency: str
    state: RefundState


@dataclass(frozen=True, kw_only=True)
class DisputeReport:
    """How the provider says that a dispute about a payment stands, which is named as in RefundReport. Evidence must
    arrive until ``respond_by``, if the provider gives a time."""

    dispute_id: str
    reference: str = ""
    capture_id: str = ""
    amount: int
    currency: str
    state: DisputeState
    respond_by: datetime | None = None


@dataclass(frozen=True)
class Event:
    """A verified message. ``id`` is the provider's and unique; the same message sent again has the same. ``report`` is
    None if it is about nothing that the cinema keeps."""

    id: str
    report: PaymentReport | RefundReport | DisputeReport | None


class Gateway(Protocol):
    """An adapter to one provider. Creating it reads its keys from the settings and raises ImproperlyConfigured if one
    is missing.

    Any method that talks to the provider raises PaymentsUnavailable when it does not answer, or answers that it cannot
    now, and waits for it some seconds at most. Nothing it raises or logs contains a key, a signature or a buyer.
    """

    modes: Collection[str]  # the PaymentModes it can take

    def start(self, charge: Charge) -> Started:
        """Open a payment. Safe to repeat: the same reference gets the same answer, and is paid once."""

    def report(self, *, reference: str, provider_id: str) -> PaymentReport:
        """Ask how a payment stands. ``provider_id`` is "" if start() has never answered; then nobody was sent to pay,
        and it is OPEN unless the provider knows the reference."""

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event:
        """Check the signature of a message, over its raw bytes and with every secret in turn, and read it. Asks
        nobody. Raises WebhookForged, ValueError when it cannot be read."""

    def refund(self, order: RefundOrder) -> RefundReport:
        """Send money back. The same key never does so twice, however much later it is repeated. FAILED if the provider
        refuses, as it does beyond what was captured."""

    def refund_report(self, order: RefundOrder, *, refund_id: str) -> RefundReport:
        """Ask how a refund made before stands."""
