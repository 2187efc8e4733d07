"""Publish the imprint, the terms and the privacy notice."""

from contextlib import suppress

from django.db import IntegrityError
from django.db.models import Max
from django.db.models.functions import Now

from cinema.exceptions import EditConflict
from cinema.models import LegalText, Theatre, User
from cinema.models.translations import Translations
from cinema.selectors.people.legal import all_published
from cinema.services.core import audit
from cinema.services.core.transactions import atomically

TRIES = 3  # another transaction may take the number of the version


def publish_text(
    *, kind: str, theatre: Theatre | None, texts: tuple[str, Translations], seen: int, user: User
) -> LegalText:
    """Publish the version of a text of the site, or of a theatre, after ``seen`` (0: the first).

    ``texts`` are the text and its translations. An empty text removes the page; at a theatre that of the site is then
    in force. A text that is the same in all languages gets no new version. Raises EditConflict.
    """
    for _try in range(TRIES):
        with suppress(IntegrityError):
            published = _publish(kind=kind, theatre=theatre, texts=texts, seen=seen, user=user)
            all_published.forget()
            return published
    raise EditConflict(version=seen)


@atomically
def _publish(
    *, kind: str, theatre: Theatre | None, texts: tuple[str, Translations], seen: int, user: User
) -> LegalText:
    versions = LegalText.objects.filter(kind=kind)
    latest = versions.filter(theatre=theatre).select_related("user").order_by("-version").first()
    version, (text, translations) = latest.version if latest else 0, texts
    if version != seen:
        by, at = (str(latest.user or ""), latest.created_at) if latest else ("", None)
        raise EditConflict(version=version, by=by, at=at)
    if latest and (latest.text, latest.text_translations) == texts:
        return latest
    number = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    new = LegalText.objects.create(
        kind=kind,
        theatre=theatre,
        version=number,
        text=text,
        text_translations=translations,
        user=user,
        created_at=Now(),
    )
    audit.note(
        action=audit.Action.LEGAL, user=user, theatre=theatre, subject=kind, version=number, published=bool(text)
    )
    return new
