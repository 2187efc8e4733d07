"""Coupon codes, and what discounts take off the prices of seats, in the currency's smallest unit.

No seat costs less than nothing, and the order in which seats and discounts are given does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from cinema.domain.folding import fold
from cinema.domain.money import quantize

NOTHING = Decimal(0)
LONGEST_CODE = 30
Cuts = dict[int, Decimal]  # what a discount takes off each seat, by the key of the seat; never 0
Prices = Mapping[int, Decimal]


class Kind(StrEnum):
    """How a discount reckons; discounts that are combined apply in this order."""

    PRICE = "PRICE"  # each seat costs ``value``
    N_FOR_M = "N_FOR_M"  # of every ``buy`` seats only ``pay`` are paid for, the dearest
    PERCENT = "PERCENT"  # ``value`` percent off each seat
    AMOUNT = "AMOUNT"  # ``value`` off all seats together


class DiscountItem(NamedTuple):
    """A seat of an order: its key, its price, and the keys of its ticket type and its show."""

    key: int
    price: Decimal
    ticket_type: int | None = None
    show: int = 0


class Discount(NamedTuple):
    """A discount on the seats with its ``ticket_types`` at its ``shows`` (empty: any) that cost something.

    It needs ``party`` such seats, which cost ``minimum`` together, and takes off ``maximum`` at most. One that is not
    ``combinable`` is given alone.
    """

    key: int
    kind: Kind
    value: Decimal = NOTHING
    buy: int = 0
    pay: int = 0
    ticket_types: frozenset[int] = frozenset()
    shows: frozenset[int] = frozenset()
    party: int = 1
    minimum: Decimal = NOTHING
    maximum: Decimal | None = None
    combinable: bool = False


class Applied(NamedTuple):
    """A discount with its cuts."""

    key: int
    cuts: Cuts

    @property
    def amount(self) -> Decimal:
        return sum(self.cuts.values(), NOTHING)


def fold_code(typed: str) -> str:
    """The letters and digits of a coupon code in capitals: “summer-20” is SUMMER20."""
    return "".join(filter(str.isalnum, fold(typed))).upper()


def best_discounts(items: Sequence[DiscountItem], discounts: Iterable[Discount]) -> list[Applied]:
    """The discounts that take off most: one alone, or all that are combinable. Those that take off nothing are left
    out. Of equal choices the one with fewer discounts counts, then the one with the lowest key.
    """
    ordered = sorted(discounts, key=lambda one: (list(Kind).index(one.kind), one.key))
    choices = [[one] for one in sorted(ordered, key=lambda one: one.key)]
    choices.append([one for one in ordered if one.combinable])
    applied = [_apply(items, choice) for choice in choices]
    return max(applied, key=lambda some: sum(one.amount for one in some))  # the first of equal ones


def concerned(items: Iterable[DiscountItem], discount: Discount) -> list[DiscountItem]:
    """The seats that a discount is for, by key."""
    kinds, shows = discount.ticket_types, discount.shows
    here = [item for item in items if not shows or item.show in shows]
    return sorted(item for item in here if item.price > 0 and (not kinds or item.ticket_type in kinds))


def fits(items: Sequence[DiscountItem], discount: Discount) -> bool:
    """Whether there are enough seats that the discount is for, and whether they cost enough."""
    seats = concerned(items, discount)
    return len(seats) >= max(discount.party, 1) and sum(item.price for item in seats) >= discount.minimum


def _apply(items: Sequence[DiscountItem], discounts: Iterable[Discount]) -> list[Applied]:
    """Give the discounts one after the other, each on what the ones before have left of the prices."""
    left = {item.key: item.price for item in items}
    applied = []
    for discount in discounts:
        if not fits(items, discount):
            continue
        cuts = _cuts(discount, {item.key: left[item.key] for item in concerned(items, discount)})
        left |= {key: left[key] - cut for key, cut in cuts.items()}
        if cuts:
            applied.append(Applied(discount.key, cuts))
    return applied


def _cuts(discount: Discount, prices: Prices) -> Cuts:
    """What the discount takes off these prices."""
    if discount.kind == Kind.PRICE:
        cuts = {key: max(price - discount.value, NOTHING) for key, price in prices.items()}
    elif discount.kind == Kind.N_FOR_M:
        cuts = _cheapest(prices, len(prices) // discount.buy * (discount.buy - discount.pay))
    elif discount.kind == Kind.PERCENT:
        cuts = {key: min(quantize(price * discount.value / 100), price) for key, price in prices.items()}
    else:
        cuts = _share_out(discount.value, prices)
    if discount.maximum is not None:
        cuts = _share_out(discount.maximum, cuts)
    return {key: cut for key, cut in cuts.items() if cut}


def _cheapest(prices: Prices, number: int) -> Cuts:
    """Take the whole price off the cheapest seats."""
    return dict(sorted(prices.items(), key=lambda seat: (seat[1], seat[0]))[:number])


def _share_out(amount: Decimal, weights: Prices) -> Cuts:
    """Share ``amount`` out in proportion to ``weights``, to none more than its weight; the parts add up exactly.

    Each part is rounded so that it and those before it come to the rounded share of what they weigh together.
    """
    whole = sum(weights.values(), NOTHING)
    if amount >= whole:
        return dict(weights)
    parts, weighed, given = {}, NOTHING, NOTHING
    for key, weight in sorted(weights.items()):
        weighed += weight
        due = quantize(amount * weighed / whole)
        parts[key] = min(due - given, weight)
        given += parts[key]
    return parts
