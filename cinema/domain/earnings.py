"""What is kept of the money for things sold, by account of the money ledger."""

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
    """Something sold: the kind of its order line, what it is worth with its tax, and whether it has been returned."""

    kind: str
    worth: Decimal
    tax_percent: Decimal
    returned: bool = False


def earned(sold: Sequence[SoldItem], kept: Decimal) -> Credits:
    """What is kept for things sold together, by account: revenue, and the tax that it contains."""
    credits = defaultdict[str, Decimal](Decimal)
    for one, part in zip(sold, _parts(sold, kept), strict=True):
        tax = tax_in(part, one.tax_percent)
        credits[accounts.of_line(one.kind, one.tax_percent)] += part - tax
        credits[accounts.tax(one.kind, one.tax_percent)] += tax
    return credits


def _parts(sold: Sequence[SoldItem], kept: Decimal) -> list[Decimal]:
    """What is kept for each: first for what was not returned, up to its worth, then for what was.

    So a refund of something returned lessens what that has earned, with its tax, and nothing else. If nothing was, what
    is kept beyond is what was not refunded when the seats were exchanged for cheaper ones, and theirs.
    """
    present = [NOTHING if one.returned else one.worth for one in sold]
    returned = [one.worth if one.returned else NOTHING for one in sold]
    first = min(kept, sum(present, NOTHING))
    seats = [one.worth if one.kind == SEAT else NOTHING for one in sold]
    pairs = zip(spread(first, present), spread(kept - first, returned if any(returned) else seats), strict=True)
    return [one + other for one, other in pairs]
