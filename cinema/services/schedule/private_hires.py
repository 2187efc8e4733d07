"""Add, change and delete private hires, under the lock of the screen that shows use too."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from cinema.exceptions import HireBegun, HireEndsBeforeStart, ScreenClosed, TimeInThePast
from cinema.models import PrivateHire, Screen, Theatre, User
from cinema.services.core import audit
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_screens
from cinema.services.core.transactions import atomically
from cinema.services.schedule.overlaps import check_overlaps, overlaps_raised

SCHEDULE = audit.Action.SCHEDULE


@dataclass(frozen=True, kw_only=True)
class HireTerms:
    """What is agreed about a private hire; its times are when the screen is taken."""

    screen: Screen
    starts_at: datetime
    ends_at: datetime
    occasion: str
    contact: str
    email: str = ""
    phone: str = ""
    price: Decimal = Decimal(0)
    note: str = ""


@atomically
def add_hire(*, theatre: Theatre, terms: HireTerms, user: User | None) -> PrivateHire:
    """Add a private hire of a screen. Raises HireEndsBeforeStart, TimeInThePast, ScreenClosed, Overlap, ScreenHired."""
    _lock(terms.screen.pk)
    hire = PrivateHire()
    _write(hire, theatre, terms)
    note_edit(thing=hire, action=SCHEDULE, user=user, theatre=theatre, before={}, after=_plain(hire))
    return hire


@atomically
def edit_hire(*, theatre: Theatre, hire_id: int, seen: int, terms: HireTerms, user: User | None) -> PrivateHire:
    """Change a hire that was at version ``seen`` when it was opened.

    Raises EditConflict, PrivateHire.DoesNotExist, and what add_hire() raises. A hire that has begun can keep its time.
    """
    before = _at(theatre, hire_id)
    _lock(before.screen_id, terms.screen.pk)
    hire = _at(theatre, hire_id)
    check_version(thing=hire, seen=seen)
    was = _plain(hire)
    hire.version += 1
    _write(hire, theatre, terms)
    note_edit(thing=hire, action=SCHEDULE, user=user, theatre=theatre, before=was, after=_plain(hire))
    return hire


@atomically
def delete_hire(*, theatre: Theatre, hire_id: int, user: User | None) -> PrivateHire:
    """Delete a hire, so that the screen is free. Raises HireBegun, PrivateHire.DoesNotExist."""
    _lock(_at(theatre, hire_id).screen_id)
    hire = _at(theatre, hire_id)
    if hire.starts_at <= timezone.now():
        raise HireBegun
    audit.note(action=SCHEDULE, user=user, theatre=theatre, subject=hire, deleted=_plain(hire))
    hire.delete()
    return hire


def _at(theatre: Theatre, hire_id: int) -> PrivateHire:
    return PrivateHire.objects.select_related("screen__theatre").get(pk=hire_id, screen__theatre=theatre)


def _lock(*screen_ids: int) -> None:
    lock_screens(set(screen_ids))


def _write(hire: PrivateHire, theatre: Theatre, terms: HireTerms) -> None:
    """Check the terms against the schedule, whose screens are locked, and save them."""
    place = (hire.screen_id, hire.starts_at, hire.ends_at)
    for field in fields(terms):
        setattr(hire, field.name, getattr(terms, field.name))
    hire.screen = Screen.objects.select_related("theatre").get(pk=terms.screen.pk)
    hire.trading_day = theatre.trading_day(hire.starts_at)
    if hire.ends_at <= hire.starts_at:
        raise HireEndsBeforeStart
    if place != (hire.screen_id, hire.starts_at, hire.ends_at):
        if hire.ends_at <= timezone.now():
            raise TimeInThePast
        if hire.screen.retired_at:
            raise ScreenClosed(hire.screen)
        check_overlaps([hire])
    with overlaps_raised([hire]):
        hire.save()


def _plain(hire: PrivateHire) -> dict[str, Any]:
    """Its facts for the audit trail, without personal data, which could not be erased there."""
    tz = hire.screen.theatre.tz
    times = {name: f"{getattr(hire, name).astimezone(tz):%Y-%m-%d %H:%M}" for name in ("starts_at", "ends_at")}
    return times | {"screen": str(hire.screen), "price": str(hire.price.quantize(Decimal("0.01")))}
