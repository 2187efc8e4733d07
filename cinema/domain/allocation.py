"""Allocation of the money kept for things sold to the accounts of the money ledger."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from cinema.domain import accounts
from cinema.domain.money import spread, tax_in

NOTHING = Decimal(0)
SEAT = "SEAT"  # the kind of the order lines of seats
Credits = dict[str, Decimal]  # by account; a debit is negative


class SoldItem(NamedTuple):
    """Something sold: the kind of its order line, its price with tax, and whether it has been returned."""

    kind: str
    price: Decimal
    tax_percent: Decimal
    returned: bool = False


def allocated(sold: Sequence[SoldItem], kept: Decimal) -> Credits:
    """Allocate what is kept for things sold together to accounts of revenue, and of the tax contained in it."""
    credits = defaultdict[str, Decimal](Decimal)
    for one, part in zip(sold, _parts(sold, kept), strict=True):
        tax = tax_in(part, one.tax_percent)
        credits[accounts.of_line(one.kind, one.tax_percent)] += part - tax
        credits[accounts.tax(one.kind, one.tax_percent)] += tax
    return credits


def _parts(sold: Sequence[SoldItem], kept: Decimal) -> list[Decimal]:
    """What is kept for each: first for what was not returned, up to its price, then for what was.

    So a refund of something returned lessens the revenue of that, with its tax, and nothing else. If nothing was, what
    is kept beyond is what was not refunded when the seats were exchanged for cheaper ones, and theirs.
    """
    present = [NOTHING if one.returned else one.price for one in sold]
    returned = [one.price if one.returned else NOTHING for one in sold]
    first = min(kept, sum(present, NOTHING))
    seats = [one.price if one.kind == SEAT else NOTHING for one in sold]
    pairs = zip(spread(first, present), spread(kept - first, returned if any(returned) else seats), strict=True)
    return [one + other for one, other in pairs]
