"""Taxes of the demo: those of India on cinema tickets, fees and snacks."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from cinema.domain.tax import TaxBand
from cinema.models import Theatre
from cinema.models.tax_rules import Kind
from cinema.services.halls.tax_rules import add_tax_rule

CHEAP, USUAL, REFORM = Decimal(100), Decimal(18), date(2025, 9, 22)
FIRST = date(2019, 1, 1)
INDIA = [
    TaxBand(Kind.SEAT.value, FIRST, CHEAP, Decimal(12)),
    TaxBand(Kind.SEAT.value, FIRST, None, USUAL),
    TaxBand(Kind.SEAT.value, REFORM, CHEAP, Decimal(5)),
    TaxBand(Kind.SEAT.value, REFORM, None, USUAL),
    TaxBand(Kind.FEE.value, FIRST, None, USUAL),
    TaxBand(Kind.PRODUCT.value, REFORM, None, Decimal(5)),
]


def set_taxes(theatre: Theatre, bands: Sequence[TaxBand]) -> Theatre:
    """Add tax rules to a new theatre; return it as it is now."""
    for band in bands:
        theatre = add_tax_rule(theatre=theatre, version=theatre.version, band=band, user=None)
    return theatre
