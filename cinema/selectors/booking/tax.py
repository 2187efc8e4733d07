"""The taxes of a theatre, for a checkout without a statement."""

from datetime import datetime
from functools import lru_cache

from cinema.domain.tax import DayTax, TaxBand
from cinema.models import TaxRule, Theatre


def taxes_at(theatre: Theatre, now: datetime) -> DayTax:
    """What is contained in prices at the theatre for a sale at ``now``, by the database's clock."""
    bands = _bands(theatre.pk, theatre.tax_version) if theatre.tax_version else ()
    return DayTax(bands, now.astimezone(theatre.tz).date())


@lru_cache(maxsize=1000)
def _bands(theatre_id: int, version: str) -> tuple[TaxBand, ...]:
    """The rules at this version or a newer one, kept by this process.

    They cannot be stale: the version changes with the rules in one transaction and is random, so that none comes back.
    """
    return tuple(rule.band for rule in TaxRule.objects.filter(theatre=theatre_id))
