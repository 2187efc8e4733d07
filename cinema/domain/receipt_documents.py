"""What a receipt or credit note says, in words: the same on its page, on paper and as PDF."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Fact(NamedTuple):
    """A value with its label."""

    label: str
    value: str


class ReceiptItem(NamedTuple):
    """A line: its text, the number of pieces and the price of one, the tax rate, and the amount."""

    text: str
    quantity: int
    unit_price: str
    tax: str
    amount: str


class Tax(NamedTuple):
    """The sums at one tax rate."""

    rate: str
    net: str
    tax: str
    amount: str


class ReceiptDocument(NamedTuple):
    """A receipt in the words of a ``language``. ``by_piece``: numbers and prices of pieces say something.

    ``taxes`` is empty if no tax is contained.
    """

    language: str
    issued_at: datetime
    filename: str
    title: str
    issuer: str
    issuer_lines: Sequence[str]
    facts: Sequence[Fact]
    company: Sequence[str]
    items: Sequence[ReceiptItem]
    by_piece: bool
    total: str
    taxes: Sequence[Tax]
    tenders: Sequence[Fact]
