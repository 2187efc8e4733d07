"""The legal texts: imprint, terms and privacy notice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import LinesField, VersionedForm
from cinema.forms.core.translations import TranslatedForm
from cinema.models import LegalText

LONGEST = 100_000


class LegalTextForm(TranslatedForm, VersionedForm):
    """A text in Markdown; an empty text removes the page. ``version`` is the one that was opened."""

    translated = ("text",)

    text = LinesField(
        label=_("Text"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text=_(
            "“# Heading”, “- list”, “**bold**”, “[text](https://example.org)”. An empty line starts a new paragraph. "
            "Leave the text empty to have no such page."
        ),
    )

    def __init__(self, data: Any = None, *, latest: LegalText | None = None) -> None:
        known = {"text": latest.text, "version": latest.version} if latest else {"version": 0}
        super().__init__(data, initial=known)
        self.add_languages(latest)
