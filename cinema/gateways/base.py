"""What the cinema asks of a payment provider. Everything else about the provider stays in its adapter."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Result(StrEnum):
    OPEN = "OPEN"
    PAID = "PAID"
    DECLINED = "DECLINED"


@dataclass(frozen=True)
class PaymentReport:
    """What the provider says of a payment. ``reference`` is the Payment's code."""

    reference: str
    result: Result
    amount: Decimal
    currency: str


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What the provider is asked for. ``reference`` is the Payment's code, ``amount`` is in ``currency``; the buyer
    comes back to ``return_url``, and the provider reports to ``webhook_url``."""

    reference: str
    amount: Decimal
    currency: str
    mode: str
    description: str
    return_url: str
    webhook_url: str


class Gateway(Protocol):
    """An adapter to one provider. Any method may raise PaymentsUnavailable when the provider does not answer; none may
    wait for it longer than some seconds."""

    def start(self, charge: Charge) -> str:
        """Announce a payment and return the address to send the buyer to, a path if it is ours. Safe to repeat."""

    def report(self, *, reference: str) -> PaymentReport:
        """Ask the provider how the payment stands."""

    def read_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> PaymentReport:
        """Check the signature of a message and read it. Raises WebhookForged, ValueError when it cannot be read."""

    def refund(self, *, reference: str, amount: Decimal, key: str) -> None:
        """Give money back. The same ``key`` never gives it back twice."""
