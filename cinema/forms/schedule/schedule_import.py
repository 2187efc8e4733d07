"""Import of a schedule: the file or its text, and options for reading it."""

import re

from django import forms
from django.core.validators import FileExtensionValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cinema.film_tables.encodings import CHOICES as ENCODINGS
from cinema.forms.core.fields import LONGEST_KEY, LinesField

MAX_BYTES = 500_000
DAY, MONTH = "day", "month"
FILM_CHOICE = re.compile(rf"(\d{{1,{LONGEST_KEY}}}):(.{{1,200}})", re.DOTALL)


class ScheduleImportForm(forms.Form):
    data: QueryDict
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        required=False,
        allow_empty_file=True,
        validators=[FileExtensionValidator(["csv", "txt", "tsv"])],
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    text = LinesField(
        label=gettext_lazy("or paste its lines here"),
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding of the file"),
        required=False,
        choices=[("", gettext_lazy("detect automatically")), *ENCODINGS.items()],
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates such as 08/12/2026"),
        required=False,
        choices=[
            ("", gettext_lazy("as in the rest of the file")),
            (DAY, gettext_lazy("the day first")),
            (MONTH, gettext_lazy("the month first")),
        ],
    )

    def clean(self) -> None:
        cleaned = self.cleaned_data
        file = cleaned.get("file")
        if file and file.size > MAX_BYTES:
            self.add_error("file", _("The file is too large: a schedule has at most 500 kB."))
        elif not file and not (cleaned.get("text") or "").strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file, or paste its lines."))

    @property
    def day_first(self) -> bool | None:
        """Whether 08/12/2026 is 8 December; None if not chosen."""
        cleaned = self.cleaned_data.get("dates")
        return cleaned == DAY if cleaned else None

    @property
    def film_choices(self) -> dict[str, int]:
        """The keys of films that were chosen for unknown titles, by title."""
        chosen = filter(None, map(FILM_CHOICE.fullmatch, self.data.getlist("film_choice")))
        return {match[2]: int(match[1]) for match in chosen}
