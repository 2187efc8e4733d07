"""The labels of shows: what a screening offers, and whom it is for."""

from collections.abc import Iterable
from functools import lru_cache

from django.db import models
from django.utils.translation import pgettext_lazy

LONGEST_LABEL_NOTE = 80  # characters


class ShowLabel(models.TextChoices):
    """A label, in the order in which they are shown: access needs first."""

    AUDIO_DESCRIPTION = "audio-description", pgettext_lazy("label of a show", "Audio description")
    OPEN_CAPTIONS = "open-captions", pgettext_lazy("label of a show", "Open captions")
    CLOSED_CAPTIONS = "closed-captions", pgettext_lazy("label of a show", "Closed captions")
    HEARING_LOOP = "hearing-loop", pgettext_lazy("label of a show", "Hearing loop")
    SIGN_LANGUAGE = "sign-language", pgettext_lazy("label of a show", "Sign language")
    RELAXED = "relaxed", pgettext_lazy("label of a show", "Relaxed screening")
    DEMENTIA = "dementia-friendly", pgettext_lazy("label of a show", "Dementia-friendly")
    BABIES = "babies", pgettext_lazy("label of a show", "With babies")
    SENIORS = "seniors", pgettext_lazy("label of a show", "For seniors")
    QA = "q-and-a", pgettext_lazy("label of a show", "Q&A")
    PREVIEW = "preview", pgettext_lazy("label of a show", "Preview")
    PREMIERE = "premiere", pgettext_lazy("label of a show", "Premiere")
    SING_ALONG = "sing-along", pgettext_lazy("label of a show", "Sing-along")
    MEMBERS = "members", pgettext_lazy("label of a show", "Members only")
    STROBE = "strobe", pgettext_lazy("label of a show", "Flashing lights")


ACCESS = frozenset(
    {
        ShowLabel.AUDIO_DESCRIPTION,
        ShowLabel.OPEN_CAPTIONS,
        ShowLabel.CLOSED_CAPTIONS,
        ShowLabel.HEARING_LOOP,
        ShowLabel.SIGN_LANGUAGE,
        ShowLabel.RELAXED,
        ShowLabel.DEMENTIA,
    }
)


def stored_labels(labels: Iterable[str]) -> str:
    """The labels as Show.labels has them: in their order, a space before and after each; "" for none."""
    chosen = set(labels)
    codes = [label.value for label in ShowLabel if label.value in chosen]
    return f" {' '.join(codes)} " if codes else ""


@lru_cache(maxsize=1000)
def read_labels(stored: str) -> tuple[ShowLabel, ...]:
    """The labels of such a text. A label that this version does not know, as a newer one may write, is left out."""
    codes = set(stored.split())
    return tuple(label for label in ShowLabel if label.value in codes)


def breaks_promise(before: str, after: str) -> bool:
    """Whether buyers could no longer rely on such labels: one for access is gone, or only members are admitted now."""
    gone, new = set(read_labels(before)) - set(read_labels(after)), set(read_labels(after)) - set(read_labels(before))
    return bool(gone & ACCESS) or ShowLabel.MEMBERS in new
