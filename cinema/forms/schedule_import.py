"""A schedule as a file, or as the text of one that was looked through."""

from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.forms.fields import LinesField

MAX_BYTES = 500_000


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        allow_empty_file=True,
        validators=[FileExtensionValidator(["csv", "txt", "tsv"])],
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    text = LinesField(
        label=gettext_lazy("or its lines, pasted here"),
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        file = said.get("file")
        if file and file.size > MAX_BYTES:
            self.add_error("file", _("The file is too large: a schedule has at most 500 kB."))
        elif not file and not (said.get("text") or "").strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file, or paste its lines."))
        return said
