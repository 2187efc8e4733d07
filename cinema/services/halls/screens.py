"""Add, rename, close and reopen the screens of a theatre."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from cinema.domain.seating.layout import LayoutError, Spot, check_layout
from cinema.exceptions import HallInvalid, NameTaken, ScreenInUse
from cinema.models import PrivateHire, Screen, Seat, Show, Theatre, User
from cinema.services.core.audit import Action
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_screens
from cinema.services.core.transactions import atomically


def check_seats(*, theatre: Theatre, spots: Sequence[Spot]) -> None:
    """Raise HallInvalid if these seats are not a valid hall of the theatre."""
    try:
        check_layout(spots, set(theatre.seat_categories.values_list("pk", flat=True)))
    except LayoutError as error:
        raise HallInvalid(str(error)) from error


@atomically
def add_screen(*, theatre: Theatre, name: str, shape: str, spots: Sequence[Spot], user: User) -> Screen:
    """Add a screen with these seats. Raises HallInvalid, NameTaken."""
    check_seats(theatre=theatre, spots=spots)
    screen = Screen(theatre=theatre, name=name, shape=shape)
    _save(screen)
    Seat.objects.bulk_create(
        Seat(screen=screen, category_id=s.category, row=s.row, number=s.number, x=s.x, y=s.y, kind=s.kind)
        for s in spots
    )
    after = {"name": name, "shape": shape, "seats": len(spots)}
    note_edit(thing=screen, action=Action.HALL, user=user, theatre=theatre, before={}, after=after)
    return screen


def rename(*, screen: Screen, name: str, shape: str) -> None:
    """Save a locked screen with this name and shape, as its next version. Raises NameTaken."""
    screen.name, screen.shape, screen.version = name, shape, screen.version + 1
    _save(screen)


def _save(screen: Screen) -> None:
    """Save; raise NameTaken on the database's unique constraint, which also holds for parallel transactions."""
    try:
        with transaction.atomic():
            screen.save()
    except IntegrityError as error:
        raise NameTaken(screen.name) from error


@atomically
def close_screen(*, screen: Screen, version: int, user: User) -> Screen:
    """Retire the screen; its past shows stay. Raises EditConflict, and ScreenInUse if it has coming shows,
    drafts or hires."""
    [screen] = lock_screens([screen.pk])
    check_version(thing=screen, seen=version)
    coming = Show.objects.filter(screen=screen, ends_at__gt=Now()).exclude(status=Show.Status.CANCELLED).count()
    coming += PrivateHire.objects.filter(screen=screen, ends_at__gt=Now()).count()
    if coming:
        raise ScreenInUse(coming)
    return _set_retired(screen, user, retired=True)


@atomically
def open_screen(*, screen: Screen, version: int, user: User) -> Screen:
    """Reopen a retired screen. Raises EditConflict."""
    [screen] = lock_screens([screen.pk])
    check_version(thing=screen, seen=version)
    return _set_retired(screen, user, retired=False)


def _set_retired(screen: Screen, user: User, *, retired: bool) -> Screen:
    if retired == bool(screen.retired_at):
        return screen
    before = {"retired_at": str(screen.retired_at) if screen.retired_at else None}
    screen.retired_at = timezone.now() if retired else None
    Screen.objects.filter(pk=screen.pk).update(retired_at=screen.retired_at, version=F("version") + 1)
    screen.version += 1
    after = {"retired_at": str(screen.retired_at) if screen.retired_at else None}
    note_edit(thing=screen, action=Action.HALL, user=user, theatre=screen.theatre, before=before, after=after)
    return screen
