"""Imprint, terms and privacy notice."""

from math import inf
from time import monotonic

from django.db.models import Exists, OuterRef, QuerySet

from cinema.models import LegalText

Kind = LegalText.Kind
FRESH_FOR = 10.0  # seconds
TEXTS = ("text", "text_translations")

_published: tuple[float, list[LegalText]] = (-inf, [])  # time of the last read, and its result


def published_texts() -> list[LegalText]:
    """The texts in force, without their content.

    Every page links to them and they rarely change, so each process reads them at most every FRESH_FOR seconds.
    """
    global _published
    read_at, texts = _published
    if monotonic() - read_at > FRESH_FOR:
        read_at, texts = _published = monotonic(), list(_latest().exclude(text="").defer(*TEXTS))
    return texts


def terms_in_force() -> int | None:
    """The version of the terms that buyers accept; None if there are none."""
    return next((text.version for text in published_texts() if text.kind == Kind.TERMS), None)


def published_text(kind: str) -> LegalText | None:
    """The text of this kind in force, or None."""
    return _latest().filter(kind=kind).exclude(text="").first()


def versions_of(kind: str) -> QuerySet[LegalText]:
    """All versions of a text, the latest first, each with its author."""
    return LegalText.objects.filter(kind=kind).select_related("user").order_by("-version")


def states_of_texts() -> list[tuple[Kind, LegalText | None]]:
    """Each kind of text with the version in force, if any."""
    published = {text.kind: text for text in _latest().exclude(text="").defer(*TEXTS)}
    return [(kind, published.get(kind)) for kind in Kind]


def _latest() -> QuerySet[LegalText]:
    """The latest version of each text, including empty ones."""
    later = LegalText.objects.filter(kind=OuterRef("kind"), version__gt=OuterRef("version"))
    return LegalText.objects.filter(~Exists(later)).order_by("kind")
