"""Which parts of a receipt's lines a refund credits: amounts and taxes that add up to the cent."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from cinema.domain.money import quantize, tax_in

NOTHING = Decimal(0)


class Part(NamedTuple):
    """An amount of an order line, with the tax contained in it by ``percent``. ``key`` is the line's."""

    key: int
    amount: Decimal
    tax: Decimal
    percent: Decimal


def credited(amount: Decimal, tiers: Sequence[Sequence[Part]]) -> list[Part]:
    """The parts of what is left of the lines in ``tiers`` that a refund of ``amount`` credits.

    Lines of the first tier are credited first, in proportion to what is left of each; then those of the next. If the
    refund is all that is left, so are the parts: after any number of refunds amounts and taxes of each line come to
    zero. Discounts are lines with a negative amount. Raises ValueError if ``amount`` is more than what is left.
    """
    if amount == _sum(list(chain.from_iterable(tiers))):
        return [part for part in chain.from_iterable(tiers) if part.amount or part.tax]
    parts: list[Part] = []
    for tier in tiers:
        taken = min(amount, _sum(tier))
        if taken > 0:
            parts += _shares(taken, tier)
            amount -= taken
    if amount:
        raise ValueError("A refund is more than what is left of the receipt.")
    return parts


def _shares(amount: Decimal, parts: Sequence[Part]) -> Iterator[Part]:
    """Share ``amount`` among ``parts`` in proportion, rounding the running sum, so that the shares add up.

    What is left of each part contains the tax that it would if it had been sold for that.
    """
    total, before, done = _sum(parts), NOTHING, NOTHING
    for part in parts:
        before += part.amount
        share = (quantize(amount * before / total) if before != total else amount) - done
        done += share
        if share:
            yield part._replace(amount=share, tax=part.tax - tax_in(part.amount - share, part.percent))


def _sum(parts: Sequence[Part]) -> Decimal:
    return sum((part.amount for part in parts), NOTHING)
