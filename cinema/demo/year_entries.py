"""The entries of the demo's year in the money ledger."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.conf import settings

from cinema.demo.bulk import Batch
from cinema.domain.accounts import ORDERS, REFUNDS, clearing
from cinema.domain.allocation import SoldItem, allocated
from cinema.models import MoneyEntry

CLEARING = clearing("sandbox")


class PaidOrder(NamedTuple):
    """What entries are about: the keys of the theatre, the order and its payment, and the moment it was paid."""

    theatre: int
    order: int
    payment: int
    at: str


class Refunded(NamedTuple):
    """A refund that is done: its key, its moment and how much it left of what was paid."""

    refund: int
    at: str
    kept: Decimal


class Entries(Batch):
    """Rows of the money ledger, as services.money.ledger would write them."""

    def __init__(self) -> None:
        super().__init__(MoneyEntry, "theatre order payment at refund kind debit credit amount currency")

    def add_sale(self, paid: PaidOrder, sold: Sequence[SoldItem], refunded: Refunded | None) -> None:
        """Add the entries of an order for these seats, all of which are returned if it is ``refunded``."""
        amount = sum((one.price for one in sold), Decimal(0))
        self._move(paid, None, "CAPTURE", CLEARING, ORDERS, amount)
        shares = allocated(sold, amount)
        for account, share in shares.items():
            self._move(paid, None, "SALE", ORDERS, account, share)
        if refunded:
            paid, kept = paid._replace(at=refunded.at), allocated(sold, refunded.kept)
            for account, share in shares.items():
                self._move(paid, refunded.refund, "REFUND_OWED", account, REFUNDS, share - kept[account])
            self._move(paid, refunded.refund, "REFUND_PAID", REFUNDS, CLEARING, amount - refunded.kept)

    def _move(self, paid: PaidOrder, refund: int | None, *transfer: str | Decimal) -> None:
        if transfer[-1]:
            self.add(*paid, refund, *transfer, settings.CURRENCY)
