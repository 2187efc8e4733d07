"""Which tax a price contains, by rules of day, price and kind of thing sold."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class TaxBand(NamedTuple):
    """A rate of tax for things of one ``kind`` sold on ``from_day`` or later, for ``up_to`` each at most.

    ``up_to`` None is any price. ``percent`` is contained in the price.
    """

    kind: str
    from_day: date
    up_to: Decimal | None
    percent: Decimal


class DayTax(NamedTuple):
    """The taxes of a theatre on one day: its rules, and the local day of the sale."""

    bands: Sequence[TaxBand]
    day: date

    def percent(self, kind: str, price: Decimal) -> Decimal:
        """The rate contained in a unit ``price``: 0 where no rule applies."""
        band = self.band(kind, price)
        return band.percent if band else Decimal(0)

    def band(self, kind: str, price: Decimal | None) -> TaxBand | None:
        """The rule that applies to ``price`` (None: to any price above every limit).

        Of those whose limit the price does not exceed it is the newest that has begun, then the one with the lowest
        limit. So a rule for cheap tickets alone leaves the rate of all others as it was.
        """
        applying = [
            band
            for band in self.bands
            if band.kind == kind
            and band.from_day <= self.day
            and (band.up_to is None or (price is not None and price <= band.up_to))
        ]
        return max(applying, key=lambda band: (band.from_day, band.up_to is not None, -(band.up_to or 0)), default=None)

    def applies(self, band: TaxBand) -> bool:
        """Whether there is a price to which this rule applies on the day: if any, then its limit itself."""
        return self.band(band.kind, band.up_to) == band
