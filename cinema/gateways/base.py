"""The interface of a payment provider. Everything specific to a provider is in its gateway.

Amounts are integers in ISO 4217 minor units (paise, cents, whole yen) as by domain.money.to_minor(); currencies are ISO
codes in capitals. A Payment stores two ids of the provider: ``provider_id`` of what start() opened (a session, order or
link), and ``capture_id`` of the captured money.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

PAYOUTS_MAY_FAIL = timedelta(days=14)  # a bank may send a payout back for so long


class Result(StrEnum):
    """The state of a payment. DECLINED is final; while the buyer can try again on the provider's page, it is OPEN."""

    OPEN = "OPEN"
    PAID = "PAID"
    DECLINED = "DECLINED"


class RefundState(StrEnum):
    """The state of a refund. DONE may still become FAILED, if the bank returns the money."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


class DisputeState(StrEnum):
    """The state of a dispute (chargeback), from the cinema's side."""

    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"


class PayoutState(StrEnum):
    """The state of a payout. PAID may still become FAILED, if the bank sends the money back."""

    PENDING = "PENDING"
    PAID = "PAID"
    FAILED = "FAILED"


class ItemKind(StrEnum):
    """What an item of a payout is."""

    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    OTHER = "OTHER"


@dataclass(frozen=True, kw_only=True)
class Charge:
    """The request for a payment. ``reference`` is the code of the Payment and the idempotency key.

    ``mode`` is a PaymentMode. The provider may prefill ``email``, and redirects to ``return_url``, paid or not.
    ``reader`` is the provider's id of the card reader that will be handed a payment at the counter, "" for all others.
    """

    reference: str
    amount: int
    currency: str
    mode: str
    description: str
    email: str
    return_url: str
    reader: str = ""


@dataclass(frozen=True)
class Started:
    """A payment opened at the provider: its id, and the URL for the buyer (a path if the page is ours)."""

    provider_id: str
    url: str


@dataclass(frozen=True)
class Reader:
    """A card reader: its id at the provider, the name it has there, and whether it was reachable lately."""

    reader_id: str
    name: str
    is_online: bool


@dataclass(frozen=True, kw_only=True)
class PaymentReport:
    """The state of a payment reported by the provider, identified by ``reference`` (our code) or ``provider_id``.

    If PAID, it has the ``capture_id``, and ``amount`` and ``currency`` are those captured.
    """

    reference: str = ""
    provider_id: str = ""
    capture_id: str = ""
    result: Result
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """The request for a refund of a payment, with all ids of the payment. ``key`` is the idempotency key."""

    reference: str
    provider_id: str
    capture_id: str
    amount: int
    currency: str
    key: str

    def refused(self) -> "RefundReport":
        """The report that the provider refused it."""
        return RefundReport(
            refund_id="",
            key=self.key,
            reference=self.reference,
            capture_id=self.capture_id,
            amount=self.amount,
            currency=self.currency,
            state=RefundState.FAILED,
        )


@dataclass(frozen=True, kw_only=True)
class RefundReport:
    """The state of a refund reported by the provider.

    ``refund_id`` is the provider's id, "" if the refund was rejected; ``key`` is ours, "" for a refund made in the
    provider's dashboard. The payment is identified by ``reference`` or ``capture_id``.
    """

    refund_id: str
    key: str
    reference: str = ""
    capture_id: str = ""
    amount: int
    currency: str
    state: RefundState


@dataclass(frozen=True, kw_only=True)
class DisputeReport:
    """The state of a dispute reported by the provider, with its payment as in RefundReport.

    ``respond_by`` is the time limit for evidence, if the provider gives one.
    """

    dispute_id: str
    reference: str = ""
    capture_id: str = ""
    amount: int
    currency: str
    state: DisputeState
    respond_by: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReportedFee:
    """What the provider charges for a payment; ``capture_id`` is "" if it is for no payment.

    ``fee_id`` is unique at the provider. A refunded fee is negative. Tax on it is included.
    """

    fee_id: str
    capture_id: str
    amount: int
    currency: str


@dataclass(frozen=True)
class PayoutItem:
    """A part of a payout: ``amount``, negative if it lessens the payout, less ``fee``.

    ``capture_id`` is that of its payment, "" if it is about none.
    """

    kind: ItemKind
    capture_id: str
    amount: int
    fee: int


@dataclass(frozen=True, kw_only=True)
class PayoutReport:
    """Money that the provider transfers to the cinema's bank; negative if it collects some from there.

    ``items`` are None if the provider does not say what it contains, or was not asked.
    """

    payout_id: str
    amount: int
    currency: str
    state: PayoutState
    arrives_on: date
    items: tuple[PayoutItem, ...] | None = None


Report = PaymentReport | RefundReport | DisputeReport
Listed = Report | ReportedFee | PayoutReport


@dataclass(frozen=True)
class Event:
    """A verified webhook message. ``id`` is unique at the provider, and the same if the message is sent again.

    ``report`` is None for messages that do not concern the cinema.
    """

    id: str
    report: Report | None


class Gateway(Protocol):
    """Our code for one provider. The constructor reads its keys from the settings; raises ImproperlyConfigured.

    Methods that call the provider raise PaymentsUnavailable if it is not available or does not answer within some
    seconds. Exceptions and logs must not contain keys, signatures or data of buyers.
    """

    modes: Collection[str]  # supported PaymentModes

    def start(self, charge: Charge) -> Started:
        """Open a payment. Idempotent by reference: a repeated call returns the same payment."""

    def report(self, *, reference: str, provider_id: str) -> PaymentReport:
        """Query the state of a payment.

        ``provider_id`` is "" if start() never returned. Then no buyer was sent to pay, and the state is OPEN unless the
        provider finds the reference.
        """

    def close(self, *, reference: str, provider_id: str) -> None:
        """Close a payment that was opened, so that nobody can pay it any more.

        Harmless if it is closed or was paid meanwhile, which report() tells then. ``provider_id`` is never "".
        """

    def read_event(self, *, body: bytes, headers: Mapping[str, str]) -> Event:
        """Verify the signature of a message's raw bytes with each valid secret, and parse it. Sends no request.

        Raises WebhookForged or, if the message is unreadable, ValueError.
        """

    def refund(self, order: RefundOrder) -> RefundReport:
        """Refund money. Idempotent by key, for ever. FAILED if rejected, as for more than was captured."""

    def refund_report(self, order: RefundOrder, *, refund_id: str) -> RefundReport:
        """Query the state of an earlier refund."""

    def dispute_report(self, dispute_id: str) -> DisputeReport:
        """Query the state of a dispute."""

    def reports_since(self, since: datetime) -> Iterator[Listed]:
        """List the payments opened ``since`` then for which money came, then the refunds made, the disputes opened, the
        fees and the payouts, page by page.

        Payouts are listed from PAYOUTS_MAY_FAIL earlier, those without items. The list is that of the whole account:
        some payments are not the cinema's, some may be older. Each page is a request, so no transaction may be open
        meanwhile.
        """


class ReaderGateway(Gateway, Protocol):
    """A provider whose card readers are used at tills: its modes include READER. A payment is opened by start(), which
    charges nothing yet, then handed over to a reader, and closed by close(), which stops the reader, too."""

    def readers(self) -> list[Reader]:
        """List the card readers of the account."""

    def hand_over(self, *, provider_id: str, reader_id: str) -> None:
        """Have a reader ask for a card to pay what start() has opened.

        Raises ReaderNotReady if the reader cannot take it, so that nobody can pay. After PaymentsUnavailable it may
        have, or not: report() tells in the end.
        """
