"""The legal texts: imprint, terms and privacy notice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import LinesField, VersionedForm

LONGEST = 100_000


class LegalTextForm(VersionedForm):
    """A text in Markdown; an empty text removes the page. ``version`` is the one that was opened."""

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
