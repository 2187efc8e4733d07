"""Optimistic locking: nobody overwrites a change that they have not seen."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.utils.translation import gettext as _

from cinema.domain.languages import NAMES
from cinema.exceptions import EditConflict, FieldChange
from cinema.models import (
    Appearance,
    AuditEvent,
    Coupon,
    Edit,
    Movie,
    PriceCard,
    PrivateHire,
    Screen,
    Season,
    Show,
    Theatre,
    TicketType,
    User,
)
from cinema.services.core import audit

Action = AuditEvent.Action
Versioned = Appearance | Coupon | Movie | PriceCard | PrivateHire | Screen | Season | Show | Theatre | TicketType


def check_version(*, thing: Versioned, seen: int) -> None:
    """Compare the version of the locked ``thing`` with the one ``seen`` when it was opened.

    Raises EditConflict, with what was changed since and by whom, if they differ.
    """
    if thing.version == seen:
        return
    edits = Edit.objects.filter(kind=thing._meta.model_name, key=thing.pk, version__gt=seen)
    changed: dict[str, list[Any]] = {}
    last = None
    for edit in edits.select_related("event__user").order_by("version"):
        last = edit.event
        for field, (before, after) in edit.changes.items():
            changed[field] = [changed.get(field, [before])[0], after]
    raise EditConflict(
        version=thing.version,
        by=str(last.user or "") if last else "",
        at=last.at if last else None,
        changes=_changes(thing, changed),
    )


def differences(*, thing: Versioned, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """The differences between two states of ``thing``, given as plain values by field, as texts for people."""
    return _changes(thing, {field: [before.get(field), value] for field, value in after.items()})


def note_edit(
    *,
    thing: Versioned,
    action: Action,
    user: User | None,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    **details: Any,
) -> AuditEvent:
    """Record a change of ``thing``, which has its new ``version``, in the audit trail and for check_version().

    ``before`` and ``after`` are its fields as plain values; equal ones are left out. ``details`` are
    arguments of audit.note(), such as ``theatre``.
    """
    kind = str(thing._meta.model_name)
    changes = {field: [before.get(field), value] for field, value in after.items() if before.get(field) != value}
    event = audit.note(
        action=action,
        user=user,
        subject=thing,
        kind=kind,
        key=thing.pk,
        version=thing.version,
        changes=changes,
        **details,
    )
    Edit.objects.create(event=event, kind=kind, key=thing.pk, version=thing.version, changes=changes)
    return event


def _changes(thing: Versioned, changed: Mapping[str, Sequence[Any]]) -> list[FieldChange]:
    return [
        FieldChange(field, _label(thing, field), _as_text(before), _as_text(after))
        for field, (before, after) in changed.items()
        if before != after
    ]


def _label(thing: Versioned, field: str) -> str:
    with suppress(FieldDoesNotExist):
        known = thing._meta.get_field(field.removesuffix("_translations"))  # whose texts name their languages
        if isinstance(known, Field):
            return str(known.verbose_name)
    return field.replace("_", " ")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(_as_text, value))
    if isinstance(value, dict):  # texts by language
        return "; ".join(f"{NAMES.get(code, code)}: {text}" for code, text in sorted(value.items()))
    return "" if value is None else str(value)
