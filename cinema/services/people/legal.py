"""Publish the imprint, the terms and the privacy notice."""

from django.db import IntegrityError
from django.db.models.functions import Now

from cinema.exceptions import EditConflict
from cinema.models import LegalText, User
from cinema.models.translations import Translations
from cinema.services.core import audit
from cinema.services.core.transactions import atomically


def publish_text(*, kind: str, text: str, seen: int, user: User, translations: Translations | None = None) -> LegalText:
    """Publish the version of a text after ``seen`` (0: the first). An empty text removes the page.

    A text that is the same in all languages gets no new version. Raises EditConflict.
    """
    try:
        return _publish(kind=kind, text=text, translations=dict(translations or {}), seen=seen, user=user)
    except IntegrityError as error:
        raise EditConflict(version=seen + 1) from error  # published by another transaction


@atomically
def _publish(*, kind: str, text: str, translations: Translations, seen: int, user: User) -> LegalText:
    latest = LegalText.objects.filter(kind=kind).select_related("user").order_by("-version").first()
    version = latest.version if latest else 0
    if version != seen:
        by, at = (str(latest.user or ""), latest.created_at) if latest else ("", None)
        raise EditConflict(version=version, by=by, at=at)
    if latest and (latest.text, latest.text_translations) == (text, translations):
        return latest
    texts = {"text": text, "text_translations": translations}
    new = LegalText.objects.create(kind=kind, version=version + 1, **texts, user=user, created_at=Now())
    audit.note(action=audit.Action.LEGAL, user=user, subject=kind, version=new.version, published=bool(text))
    return new
