"""What refunds undo of sales by the money ledger, and the parts of a receipt's lines that credit just that."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from cinema.domain.accounts import taxable
from cinema.domain.money import spread
from cinema.domain.receipts import Left, LinePart, credited

NOTHING = Decimal(0)


class Group(NamedTuple):
    """Lines of one kind at one rate of tax. Discounts belong to the seats that they are for."""

    kind: str
    percent: Decimal


class Lines(NamedTuple):
    """Parts of the lines of a receipt in the order in which a refund credits them, and of their discounts."""

    tiers: Sequence[Sequence[Left]]
    discounts: Sequence[LinePart] = ()

    def of(self, group: Group) -> "Lines":
        tiers = [[one for one in tier if _group_of(one.part) == group] for tier in self.tiers]
        return Lines(tiers, [part for part in self.discounts if _group_of(part) == group])

    @property
    def parts(self) -> list[LinePart]:
        return [*(one.part for tier in self.tiers for one in tier), *self.discounts]

    @property
    def amount(self) -> Decimal:
        return sum((part.amount for part in self.parts), NOTHING)


class Undone:
    """The amounts and taxes that refunds recorded together undo. Their credit notes take them off one after another."""

    def __init__(self, credits: Mapping[str, Decimal]) -> None:
        """``credits`` are what the refunds have added to accounts of the ledger; those of sales are negative."""
        self.amounts: dict[Group, Decimal] = {}
        self.taxes: dict[Group, Decimal] = {}
        for account in sorted(credits):
            if about := taxable(account):
                group = Group(about.kind, about.percent)
                self.amounts[group] = self.amounts.get(group, NOTHING) - credits[account]
                self.taxes[group] = self.taxes.get(group, NOTHING) - (credits[account] if about.is_tax else NOTHING)

    def credited(self, amount: Decimal, left: Lines, gone: Lines, anew: Sequence[LinePart] = ()) -> list[LinePart]:
        """The parts that a refund of ``amount`` credits of what is ``left`` of the lines of a receipt.

        They are those of receipts.credited(), but of each kind and rate as much, and with the tax, as the ledger says.
        Where more was allocated again, such as a booking fee that a cancellation keeps, what is ``gone`` of the lines
        comes back; these parts are negative. So are those of seats that an exchange has sold ``anew`` at another rate:
        what such seats count for now, less what is left of them at this rate. A refund of all that is left, or of what
        the ledger never had, and one that does not fit the lines, are credited by the lines alone.
        """
        known = sum(self.amounts.values(), NOTHING)
        if amount == left.amount or amount > known:
            return credited(amount, *left)
        before = self.amounts.copy(), self.taxes.copy()
        try:
            return self._credited(amount, left, gone, anew)
        except ValueError:
            self.amounts, self.taxes = before
            return credited(amount, *left)

    def _credited(self, amount: Decimal, left: Lines, gone: Lines, anew: Sequence[LinePart]) -> list[LinePart]:
        parts, restored = list[LinePart](), list[LinePart]()
        for group in [group for group, sum_ in self.amounts.items() if sum_ < 0]:
            back, amount = -self.amounts[group], amount - self.amounts[group]
            restored += self._sold_anew(group, gone, anew) or self._credited_of(group, back, gone, sign=-1)
        for group in self.amounts:
            taken = min(amount, self.amounts[group])
            amount -= taken
            parts += self._credited_of(group, taken, left) if taken else []
        return parts + [part._replace(amount=-part.amount, tax=-part.tax) for part in restored]

    def _sold_anew(self, group: Group, gone: Lines, anew: Sequence[LinePart]) -> list[LinePart]:
        """All that was allocated to a group again, shared among the seats that were sold anew at its rate; none if
        there are none. If they have changed once more since, among all of them, unless it is gone of the lines."""
        back, tax = -self.amounts[group], -self.taxes[group]
        seats = [part for part in anew if _group_of(part) == group]
        if not seats and gone.of(group).amount < back:
            seats = [part for part in anew if part.kind == group.kind]
        if not seats:
            return []
        self.amounts[group] = self.taxes[group] = NOTHING
        amounts = spread(back, [part.amount for part in seats])
        taxes = spread(min(max(tax, NOTHING), back), amounts)
        found = zip(seats, amounts, taxes, strict=True)
        return [LinePart(part.key, amount, tax, group.percent, group.kind) for part, amount, tax in found if amount]

    def _credited_of(self, group: Group, amount: Decimal, lines: Lines, sign: int = 1) -> list[LinePart]:
        own = lines.of(group)
        parts = credited(amount, *own)
        self.amounts[group] -= sign * amount
        if not self.amounts[group]:
            parts = with_tax(parts, {part.key: part for part in own.parts}, sign * self.taxes[group])
        self.taxes[group] -= sign * sum((part.tax for part in parts), NOTHING)
        return parts


def with_tax(parts: Sequence[LinePart], left: Mapping[int, LinePart], tax: Decimal) -> list[LinePart]:
    """The parts of what is ``left`` of lines, by key, with ``tax`` in all of them together.

    Where a cent is missing the largest part gets it that can contain it, if possible with a rest of its line that can,
    too. If there is none, as when all lines are credited whole, other lines contain it for that line: see carried().
    """
    cautious = _filled(parts, tax, {part.key: _limits(part, left[part.key]) for part in parts})
    return _filled(cautious, tax, {part.key: _limits_alone(part) for part in parts})


def carried(parts: Sequence[LinePart]) -> list[LinePart]:
    """The parts of lines, where tax that one does not contain is in others of its kind and rate."""
    groups = defaultdict[Group, list[LinePart]](list)
    for part in parts:
        groups[_group_of(part)].append(part)
    found = dict[tuple[Group, int], LinePart]()
    for group, own in groups.items():
        tax = sum((part.tax for part in own), NOTHING)
        filled = _filled(own, tax, {part.key: _limits_alone(part) for part in own})
        found |= {(group, part.key): part for part in filled}
    return [found[_group_of(part), part.key] for part in parts]


def _filled(parts: Sequence[LinePart], tax: Decimal, limits: Mapping[int, tuple[Decimal, Decimal]]) -> list[LinePart]:
    """The parts with ``tax`` in all of them together, as far as their ``limits`` by key allow, the largest first."""
    changed = {part.key: part._replace(tax=_within(part.tax, limits[part.key])) for part in parts}
    missing = tax - sum((part.tax for part in changed.values()), NOTHING)
    for part in sorted(changed.values(), key=lambda one: -abs(one.amount)):
        given = _within(part.tax + missing, limits[part.key])
        missing -= given - part.tax
        changed[part.key] = part._replace(tax=given)
    return list(changed.values())


def _within(tax: Decimal, limits: tuple[Decimal, Decimal]) -> Decimal:
    least, most = limits
    return min(max(tax, least), most)


def _limits(part: LinePart, whole: LinePart) -> tuple[Decimal, Decimal]:
    """The least and the most tax in a part of a line, so that neither it nor the rest contains more than it is."""
    beyond = whole.tax - (whole.amount - part.amount)
    if whole.amount >= 0:
        return max(NOTHING, beyond), min(part.amount, whole.tax)
    return max(part.amount, whole.tax), min(NOTHING, beyond)


def _limits_alone(part: LinePart) -> tuple[Decimal, Decimal]:
    return min(part.amount, NOTHING), max(part.amount, NOTHING)


def _group_of(part: LinePart) -> Group:
    return Group("SEAT" if part.kind == "DISCOUNT" else part.kind, part.percent)
