"""The tax rules of a theatre, for its settings page."""

from typing import NamedTuple

from django.utils import timezone

from cinema.domain.tax import DayTax
from cinema.models import TaxRule, Theatre
from cinema.models.tax_rules import TAXED


class TaxRuleLine(NamedTuple):
    """A rule and how it stands today: it applies, it begins later, or newer rules have replaced it."""

    rule: TaxRule
    applies: bool
    is_coming: bool


class TaxTable(NamedTuple):
    """The rules of a theatre, and the kinds (as texts) that are sold without tax today."""

    lines: list[TaxRuleLine]
    untaxed: list[str]


def tax_table(theatre: Theatre) -> TaxTable:
    """The rules by kind, the newest first, then by their limits; in one statement."""
    rules = list(theatre.tax_rules.all())
    today = DayTax([rule.band for rule in rules], timezone.localdate(timezone=theatre.tz))
    kinds = [kind for kind, _label in TAXED]
    rules.sort(key=lambda rule: (kinds.index(rule.kind), -rule.from_day.toordinal(), rule.up_to is None, rule.up_to))
    lines = [TaxRuleLine(rule, today.applies(rule.band), rule.from_day > today.day) for rule in rules]
    taxed = {line.rule.kind for line in lines if line.applies and line.rule.percent}
    return TaxTable(lines, [str(label) for kind, label in TAXED if kind not in taxed])
