"""The form of a note on a show."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import LinesField
from cinema.models.show_notes import LONGEST_NOTE


class ShowNoteForm(forms.Form):
    """A note for colleagues. ``key`` is its idempotency key."""

    text = LinesField(
        label=_("A note for colleagues"),
        max_length=LONGEST_NOTE,
        help_text=_("Everybody who works here can read it; guests can’t."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)
