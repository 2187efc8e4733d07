"""Change how the site and the pages about a theatre present themselves."""

from collections.abc import Mapping
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import IntegrityError

from cinema.exceptions import EditConflict
from cinema.models import Appearance, AuditEvent, Theatre, User
from cinema.selectors.halls.appearances import appearance_of, appearances
from cinema.services.core import pictures
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.transactions import after_commit, atomically

BOX = (800, 240)  # pixels: the largest width and height of a logo that are stored
LOGOS = ("logo", "logo_on_light")
TEXTS = (
    "name",
    "accent",
    "announcement",
    "announced_until",
    "introduction",
    "phone",
    "email",
    "links",
)
TRANSLATIONS = ("announcement_translations", "introduction_translations")


def change_appearance(
    *,
    theatre: Theatre | None,
    version: int,
    texts: Mapping[str, Any],
    logos: Mapping[str, IO[bytes] | None],
    user: User,
) -> Appearance:
    """Change the appearance of a theatre or, with None, of the site, which was at ``version`` when it was opened.

    ``texts`` are values for TEXTS and TRANSLATIONS. ``logos`` are new pictures for LOGOS, None for one to remove; a
    logo that is left out stays. Each is stored as a new PNG, within BOX, without metadata. Raises EditConflict,
    PictureUnusable.
    """
    drawn = {name: pictures.png_of(picture=file, box=BOX) for name, file in logos.items() if file}
    stored = {name: pictures.store(picture=picture, folder="logos", ending="png") for name, picture in drawn.items()}
    files = {name: stored.get(name, "") for name in logos}
    try:
        appearance = _change(theatre=theatre, version=version, values={**texts, **files}, user=user)
    except BaseException as error:
        for name in stored.values():
            default_storage.delete(name)
        if isinstance(error, IntegrityError):  # changed in another transaction
            raise EditConflict(version=version + 1) from error
        raise
    appearances.forget()
    return appearance


@atomically
def _change(*, theatre: Theatre | None, version: int, values: Mapping[str, Any], user: User) -> Appearance:
    appearance = appearance_of(theatre)
    check_version(thing=appearance, seen=version)
    before = _plain(appearance)
    for name, value in values.items():
        setattr(appearance, name, value)
    after = _plain(appearance)
    if after == before:
        return appearance
    appearance.version += 1
    appearance.save()
    note_edit(
        thing=appearance,
        action=AuditEvent.Action.APPEARANCE,
        user=user,
        before=before,
        after=after,
        theatre=theatre,
    )
    for name in LOGOS:
        if before[name] and before[name] != after[name]:
            after_commit(default_storage.delete, name=before[name])
    return appearance


def _plain(appearance: Appearance) -> dict[str, Any]:
    """All values as the audit trail keeps them."""
    plain = {name: getattr(appearance, name) for name in (*TEXTS, *TRANSLATIONS)}
    until = appearance.announced_until
    files = {name: getattr(appearance, name).name for name in LOGOS}
    return plain | files | {"announced_until": until.isoformat() if until else None}
