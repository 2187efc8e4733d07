"""Imprint, terms and privacy notice, of the site and of theatres."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from cinema.models import LegalText, Show, Theatre
from cinema.selectors.core.remembered import Remembered

Kind = LegalText.Kind
TEXTS = ("text", "text_translations")


def _read_published() -> list[LegalText]:
    return list(_latest().exclude(text="").defer(*TEXTS))


all_published = Remembered[list[LegalText]](_read_published, empty=[])


def published_texts(theatre_id: int | None) -> list[LegalText]:
    """The texts in force on pages about a theatre or, with None, on all others, without their content.

    Every page links to them, so each process remembers them for some seconds.
    """
    found = {text.kind: text for text in all_published() if text.theatre_id is None}
    if theatre_id:
        found |= {text.kind: text for text in all_published() if text.theatre_id == theatre_id}
    return [found[kind] for kind in sorted(found)]


def terms_in_force(theatre_id: int | None) -> LegalText | None:
    """The terms that buyers accept at a theatre, without their content; None if there are none."""
    return next((text for text in published_texts(theatre_id) if text.kind == Kind.TERMS), None)


def terms_for(**show: Any) -> LegalText | None:
    """The terms that buyers of the show accept that meets these conditions.

    One statement where a theatre has terms of its own, else none.
    """
    if not any(text.theatre_id for text in all_published() if text.kind == Kind.TERMS):
        return terms_in_force(None)
    return terms_in_force(Show.objects.filter(**show).values_list("screen__theatre", flat=True).first())


def published_text(kind: str, theatre: Theatre | None) -> LegalText | None:
    """The text of this kind in force at a theatre or, with None, of the site."""
    texts = _latest().exclude(text="").filter(Q(theatre=theatre) | Q(theatre=None), kind=kind)
    return texts.order_by(F("theatre").asc(nulls_last=True)).first()


def versions_of(kind: str) -> QuerySet[LegalText]:
    """All versions of a text, the latest first, each with its author."""
    return LegalText.objects.filter(kind=kind).select_related("user", "theatre").order_by("-version")


def states_of_texts() -> list[tuple[Theatre | None, list[tuple[Kind, LegalText | None]]]]:
    """For the site (None) and each theatre, each kind of text with the version in force, if any. Two statements."""
    texts = {(text.theatre_id, text.kind): text for text in _latest().exclude(text="").defer(*TEXTS)}
    places = [None, *Theatre.objects.all()]
    return [(place, [(kind, texts.get((place.pk if place else None, kind))) for kind in Kind]) for place in places]


def _latest() -> QuerySet[LegalText]:
    """The latest version of each text of the site and of each theatre, including empty ones."""
    by_place = LegalText.objects.alias(place=Coalesce("theatre_id", 0))
    later = by_place.filter(kind=OuterRef("kind"), place=OuterRef("place"), version__gt=OuterRef("version"))
    return by_place.filter(~Exists(later)).select_related("theatre").order_by("kind")
