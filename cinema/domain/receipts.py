"""Which parts of a receipt's lines a refund credits: amounts and taxes that add up to the cent."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from cinema.domain.money import quantize, spread, tax_in

NOTHING = Decimal(0)


class LinePart(NamedTuple):
    """An amount of an order line, with the tax contained in it by ``percent``. ``key`` and ``kind`` are the line's.

    Of a seat that was sold anew at another rate there is a part of each rate.
    """

    key: int
    amount: Decimal
    tax: Decimal
    percent: Decimal
    kind: str = ""

    def of(self, amount: Decimal) -> "LinePart":
        """So much of it. What is left contains its tax as if it had been sold for that, if so much is in the line."""
        tax = self.tax - tax_in(self.amount - amount, self.percent)
        return self._replace(amount=amount, tax=min(max(tax, min(amount, NOTHING)), max(amount, NOTHING)))


class Left(NamedTuple):
    """What is left of a line, and of the discount that it got: a positive amount, which is part of other lines.

    ``cuts`` are what it got of each of these, by their keys, if there are several.
    """

    part: LinePart
    discount: Decimal = NOTHING
    cuts: Mapping[int, Decimal] = {}

    @property
    def net(self) -> Decimal:
        return self.part.amount - self.discount

    def gave(self, discount: Decimal) -> dict[int, Decimal]:
        """How much of so much discount is that of each, by key."""
        return dict(zip(self.cuts, spread(discount, list(self.cuts.values())), strict=True)) if self.cuts else {}


def credited(amount: Decimal, tiers: Sequence[Sequence[Left]], discounts: Sequence[LinePart] = ()) -> list[LinePart]:
    """The parts of what is left of the lines in ``tiers``, and of the ``discounts`` on them, that a refund credits.

    Lines of the first tier are credited first, in proportion to what is left of each after discounts; then those of
    the next. A refund of all that is left credits all of it, so after any number of refunds the amounts and taxes of
    every line come to zero. Discounts have negative amounts. Raises ValueError if ``amount`` is more than is left.
    """
    lines = [left.part for left in chain.from_iterable(tiers)]
    if amount == sum((part.amount for part in [*lines, *discounts]), NOTHING):
        return [part for part in [*lines, *discounts] if part.amount or part.tax]
    parts, given, gave = list[LinePart](), dict[Decimal, Decimal](), dict[int, Decimal]()
    for tier in tiers:
        taken = min(amount, _net(tier))
        for left, share in _shares(taken, tier) if taken > 0 else ():
            gross = left.part.amount if share == left.net else quantize(share * left.part.amount / left.net)
            parts.append(left.part.of(gross))
            given[left.part.percent] = given.get(left.part.percent, NOTHING) + gross - share
            for key, cut in left.gave(gross - share).items():
                gave[key] = gave.get(key, NOTHING) + cut
        amount -= max(taken, NOTHING)
    if amount:
        raise ValueError("A refund is more than what is left of the receipt.")
    return [*parts, *_discounts(given, gave, discounts)]


def _shares(amount: Decimal, tier: Sequence[Left]) -> Iterator[tuple[Left, Decimal]]:
    """Share ``amount`` among lines in proportion, rounding the running sum, so that the shares add up."""
    total, before, done = _net(tier), NOTHING, NOTHING
    for left in tier:
        before += left.net
        share = (quantize(amount * before / total) if before != total else amount) - done
        done += share
        if share:
            yield left, share


def _discounts(
    given: Mapping[Decimal, Decimal], gave: Mapping[int, Decimal], discounts: Sequence[LinePart]
) -> Iterator[LinePart]:
    """The parts of the discounts that come to what was ``given`` at each tax rate: of each what it ``gave``, by key,
    then of the first what is missing, if it is not known or was rounded.
    """
    rest, taken = dict(given), dict.fromkeys((part.key for part in discounts), NOTHING)
    for wanted in (gave, None):
        for part in discounts:
            most = min(rest.get(part.percent, NOTHING), -part.amount - taken[part.key])
            more = most if wanted is None else min(most, wanted.get(part.key, NOTHING))
            if more:
                rest[part.percent] -= more
                taken[part.key] += more
    yield from (part.of(-taken[part.key]) for part in discounts if taken[part.key])
    if any(rest.values()):
        raise ValueError("A discount is more than what is left of the receipt.")


def _net(tier: Sequence[Left]) -> Decimal:
    return sum((left.net for left in tier), NOTHING)
