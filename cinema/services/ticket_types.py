"""The kinds of tickets of a theatre. The first is the plain one: the prices on its seat maps are for that."""

from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from cinema.exceptions import Change, EditedMeanwhile, PlainKindStays, PriceNameTaken
from cinema.models import AuditEvent, Theatre, TicketType, User
from cinema.services import audit
from cinema.services.locking import lock_theatre
from cinema.services.transactions import atomically

PRICES = AuditEvent.Action.PRICES


class Wording(NamedTuple):
    """What a kind of ticket is called, and what the buyer is told about it."""

    name: str
    note: str = ""


def usual_kinds() -> list[Wording]:
    """What a theatre that has no kinds of tickets yet may start with."""
    return [
        Wording(_("Adult")),
        Wording(_("Child"), _("under 12")),
        Wording(_("Senior"), _("60 and over")),
        Wording(_("Student"), _("with a student card")),
        Wording(_("Carer"), _("with somebody who needs one")),
    ]


@atomically
def add_ticket_types(*, theatre: Theatre, wordings: list[Wording], user: User | None) -> list[TicketType]:
    """Add kinds of tickets after those there are, retired ones included. Raises PriceNameTaken."""
    known = _locked(theatre)
    last = max((kind.rank for kind in known), default=0)
    names = [kind.name.casefold() for kind in known]
    for wording in wordings:
        if wording.name.casefold() in names:
            raise PriceNameTaken(wording.name)
        names.append(wording.name.casefold())
    kinds = [
        TicketType.objects.create(theatre=theatre, rank=rank, **wording._asdict())
        for rank, wording in enumerate(wordings, start=last + 1)
    ]
    for kind in kinds:
        _note(kind, theatre, user, added=True)
    return kinds


@atomically
def change_ticket_type(*, theatre: Theatre, pk: int, seen: Wording, to: Wording, user: User | None) -> TicketType:
    """Word a kind of ticket differently; tickets sold with it say so from now on, too.

    ``seen`` is how it was worded when it was opened. Raises PriceNameTaken, EditedMeanwhile, TicketType.DoesNotExist.
    """
    kinds = _locked(theatre)
    kind = _find(kinds, pk)
    now = Wording(kind.name, kind.note)
    if now not in (seen, to):
        raise _edited(kind, seen, now)
    if any(other.name.casefold() == to.name.casefold() for other in kinds if other != kind):
        raise PriceNameTaken(to.name)
    if now != to:
        kind.name, kind.note = to
        kind.save(update_fields=["name", "note"])
        _note(kind, theatre, user, changes={"name": [now.name, to.name], "note": [now.note, to.note]})
    return kind


@atomically
def move_ticket_type(*, theatre: Theatre, pk: int, up: bool, user: User | None) -> TicketType:
    """Let a kind of ticket change places with its neighbour; at the end of the line it stays.

    Raises PlainKindStays when it would come first or is first, TicketType.DoesNotExist.
    """
    kinds = [kind for kind in _locked(theatre) if kind.retired_at is None or kind.pk == pk]
    kind = _find(kinds, pk)
    place = kinds.index(kind)
    other = place - 1 if up else place + 1
    if 0 in (place, other):
        raise PlainKindStays(kinds[0])
    if other < len(kinds):
        neighbour = kinds[other]
        mine, theirs = kind.rank, neighbour.rank
        TicketType.objects.filter(pk=kind.pk).update(rank=_free_rank(theatre))  # no two may have one even for a moment
        TicketType.objects.filter(pk=neighbour.pk).update(rank=mine)
        TicketType.objects.filter(pk=kind.pk).update(rank=theirs)
        _note(kind, theatre, user, changes={"rank": [mine, theirs]})
    return kind


@atomically
def retire_ticket_type(*, theatre: Theatre, pk: int, retired: bool, user: User | None) -> TicketType:
    """Take a kind of ticket off all price cards, or put it back with the prices it had there.

    Shows that are priced already go on selling it until their prices are brought up to date. Raises PlainKindStays,
    TicketType.DoesNotExist.
    """
    kinds = _locked(theatre)
    kind = _find(kinds, pk)
    if kind == kinds[0]:
        raise PlainKindStays(kind)
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


def _note(kind: TicketType, theatre: Theatre, user: User | None, **details: object) -> None:
    audit.note(
        action=PRICES, user=user, subject=kind, theatre=theatre, kind=kind._meta.model_name, key=kind.pk, **details
    )


def _edited(kind: TicketType, seen: Wording, now: Wording) -> EditedMeanwhile:
    deeds = AuditEvent.objects.filter(action=PRICES, details__kind=kind._meta.model_name, details__key=kind.pk)
    last = deeds.select_related("user").order_by("pk").last()
    changes = [
        Change(field, str(kind._meta.get_field(field).verbose_name), before, after)
        for field, before, after in zip(Wording._fields, seen, now, strict=True)
        if before != after
    ]
    return EditedMeanwhile(
        version=0, by=str(last.user or "") if last else "", at=last.at if last else None, changes=changes
    )
