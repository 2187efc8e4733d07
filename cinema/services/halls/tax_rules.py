"""The tax rules of a theatre. What was sold keeps its tax."""

from cinema.domain.tax import TaxBand
from cinema.exceptions import TaxRuleExists
from cinema.models import AuditEvent, TaxRule, Theatre, User
from cinema.models.codes import new_code
from cinema.services.core.amounts import check_payable
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_theatre
from cinema.services.core.transactions import atomically


@atomically
def add_tax_rule(*, theatre: Theatre, version: int, band: TaxBand, user: User | None) -> Theatre:
    """Add a rule to a theatre that was at ``version`` when its rules were shown; return it as it is now.

    Raises EditConflict, TaxRuleExists, AmountTooPrecise.
    """
    theatre, before = _locked(theatre, version)
    if theatre.tax_rules.filter(kind=band.kind, from_day=band.from_day, up_to=band.up_to).exists():
        raise TaxRuleExists
    if band.up_to is not None:
        check_payable(band.up_to)
    theatre.tax_rules.create(**band._asdict())
    return _changed(theatre, before, user)


@atomically
def remove_tax_rule(*, theatre: Theatre, version: int, pk: int, user: User | None) -> Theatre:
    """Remove a rule from a theatre that was at ``version`` when its rules were shown; return it as it is now.

    Raises EditConflict, TaxRule.DoesNotExist.
    """
    theatre, before = _locked(theatre, version)
    theatre.tax_rules.get(pk=pk).delete()
    return _changed(theatre, before, user)


def _locked(theatre: Theatre, version: int) -> tuple[Theatre, list[str]]:
    """The theatre, locked, with its rules as texts."""
    theatre = lock_theatre(pk=theatre.pk)
    check_version(thing=theatre, seen=version)
    return theatre, _texts(theatre)


def _changed(theatre: Theatre, before: list[str], user: User | None) -> Theatre:
    theatre.version += 1
    theatre.tax_version = new_code()
    theatre.save(update_fields=["version", "tax_version"])
    note_edit(
        thing=theatre,
        action=AuditEvent.Action.THEATRE,
        user=user,
        before={"tax_rules": before},
        after={"tax_rules": _texts(theatre)},
        theatre=theatre,
    )
    return theatre


def _texts(theatre: Theatre) -> list[str]:
    return [str(rule) for rule in TaxRule.objects.filter(theatre=theatre)]
