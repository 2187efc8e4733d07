"""The ticket types of a theatre. The first is the plain one, whose prices the seat maps show."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from cinema.exceptions import PlainTypeBearsFee, PlainTypeHasNoRules, PlainTypeStays, PriceNameTaken
from cinema.models import AuditEvent, Theatre, TicketType, User
from cinema.models.translations import Translations, shared_translation
from cinema.services.core import audit
from cinema.services.core.amounts import check_payable
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_theatre
from cinema.services.core.transactions import atomically

PRICES = AuditEvent.Action.PRICES


class TicketTypeTerms(NamedTuple):
    """The name, note and rules of a ticket type, and how it is reported: see the model TicketType."""

    name: str
    note: str = ""
    name_translations: Translations = {}
    note_translations: Translations = {}
    paying_others: int = 0
    with_wheelchair: bool = False
    most_per_order: int | None = None
    counter_only: bool = False
    shown_at_door: bool = False
    reported: str = TicketType.Reported.PAID.value
    reported_amount: Decimal | None = None
    fee_waived: bool = False


def usual_types() -> list[TicketTypeTerms]:
    """Suggested ticket types for a theatre that has none."""
    return [
        TicketTypeTerms(_("Adult")),
        TicketTypeTerms(_("Child"), _("under 12")),
        TicketTypeTerms(_("Senior"), _("60 and over"), shown_at_door=True),
        TicketTypeTerms(_("Student"), _("with a student card"), shown_at_door=True),
        TicketTypeTerms(_("Carer"), _("with someone who needs a carer"), paying_others=1, shown_at_door=True),
    ]


@atomically
def add_ticket_types(*, theatre: Theatre, types: list[TicketTypeTerms], user: User | None) -> list[TicketType]:
    """Add ticket types after the existing ones.

    Raises PriceNameTaken, PlainTypeHasNoRules, PlainTypeBearsFee, AmountTooPrecise.
    """
    known = _locked(theatre)
    last = max((kind.rank for kind in known), default=0)
    names = [kind.name.casefold() for kind in known]
    for terms in types:
        if terms.name.casefold() in names:
            raise PriceNameTaken(terms.name)
        _check_translations(terms, known)
        names.append(terms.name.casefold())
    added = [TicketType(theatre=theatre, rank=rank, **terms._asdict()) for rank, terms in enumerate(types, last + 1)]
    for kind in added:
        _check_rules(kind, plain=kind.rank == 1)
        kind.save()
        _note(kind, theatre, user, added=True)
    return added


@atomically
def change_ticket_type(
    *, theatre: Theatre, pk: int, version: int, to: TicketTypeTerms, user: User | None
) -> TicketType:
    """Change the name, note and rules of a ticket type. Tickets sold with it get the new name, too.

    What was sold is reported as it was sold. ``version`` is the one that was opened. Raises PriceNameTaken,
    PlainTypeHasNoRules, PlainTypeBearsFee, AmountTooPrecise, EditConflict, TicketType.DoesNotExist.
    """
    kinds = _locked(theatre)
    kind = _find(kinds, pk)
    before = TicketTypeTerms(*(getattr(kind, field) for field in TicketTypeTerms._fields))
    if before == to:
        return kind
    check_version(thing=kind, seen=version)
    if any(other.name.casefold() == to.name.casefold() for other in kinds if other != kind):
        raise PriceNameTaken(to.name)
    _check_translations(to, [other for other in kinds if other != kind])
    for field, value in to._asdict().items():
        setattr(kind, field, value)
    _check_rules(kind, plain=kind == kinds[0])
    kind.version += 1
    kind.save()
    note_edit(thing=kind, action=PRICES, user=user, before=_plain(before), after=_plain(to), theatre=theatre)
    return kind


def _check_translations(terms: TicketTypeTerms, others: Iterable[TicketType]) -> None:
    if taken := shared_translation(terms.name_translations, (other.name_translations for other in others)):
        raise PriceNameTaken(taken)


def _check_rules(kind: TicketType, *, plain: bool) -> None:
    if plain and kind.has_rules:
        raise PlainTypeHasNoRules(kind)
    if plain and kind.fee_waived:
        raise PlainTypeBearsFee(kind)
    if kind.reported_amount is not None:
        check_payable(kind.reported_amount)


def _plain(terms: TicketTypeTerms) -> dict[str, Any]:
    """The terms as plain values."""
    amount = terms.reported_amount
    return terms._asdict() | {"reported_amount": None if amount is None else f"{amount:.2f}"}


@atomically
def move_ticket_type(*, theatre: Theatre, pk: int, up: bool, user: User | None) -> TicketType:
    """Move a ticket type one place up or down; the last one cannot move down.

    Raises PlainTypeStays if it is the first or would become it, TicketType.DoesNotExist.
    """
    kinds = [kind for kind in _locked(theatre) if kind.retired_at is None or kind.pk == pk]
    kind = _find(kinds, pk)
    place = kinds.index(kind)
    other = place - 1 if up else place + 1
    if 0 in (place, other):
        raise PlainTypeStays(kinds[0])
    if other < len(kinds):
        neighbour = kinds[other]
        mine, theirs = kind.rank, neighbour.rank
        TicketType.objects.filter(pk=kind.pk).update(rank=_free_rank(theatre))  # ranks are unique
        TicketType.objects.filter(pk=neighbour.pk).update(rank=mine)
        TicketType.objects.filter(pk=kind.pk).update(rank=theirs)
        _note(kind, theatre, user, changes={"rank": [mine, theirs]})
    return kind


@atomically
def retire_ticket_type(*, theatre: Theatre, pk: int, retired: bool, user: User | None) -> TicketType:
    """Retire a ticket type, which removes it from all price cards, or bring it back with its prices.

    Published shows sell it until they are repriced. Raises PlainTypeStays, TicketType.DoesNotExist.
    """
    kinds = _locked(theatre)
    kind = _find(kinds, pk)
    if kind == kinds[0]:
        raise PlainTypeStays(kind)
    if retired != (kind.retired_at is not None):
        kind.retired_at = timezone.now() if retired else None
        kind.save(update_fields=["retired_at"])
        _note(kind, theatre, user, retired=retired)
    return kind


def _locked(theatre: Theatre) -> list[TicketType]:
    lock_theatre(pk=theatre.pk)
    return list(TicketType.objects.filter(theatre=theatre).order_by("rank"))


def _find(kinds: list[TicketType], pk: int) -> TicketType:
    for kind in kinds:
        if kind.pk == pk:
            return kind
    raise TicketType.DoesNotExist


def _free_rank(theatre: Theatre) -> int:
    return TicketType.objects.filter(theatre=theatre).order_by("-rank").values_list("rank", flat=True)[0] + 1


def _note(kind: TicketType, theatre: Theatre, user: User | None, **details: Any) -> None:
    audit.note(
        action=PRICES, user=user, subject=kind, theatre=theatre, kind=kind._meta.model_name, key=kind.pk, **details
    )
