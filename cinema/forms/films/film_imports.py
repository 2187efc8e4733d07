"""Upload of a table of films, and options for reading it."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cinema.film_tables.columns import known_fields, translated_fields
from cinema.film_tables.encodings import CHOICES as ENCODINGS
from cinema.film_tables.plans import Choices
from cinema.models.translations import other_languages

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

COLUMN = re.compile(r"c(\d{1,3})")  # short, because one URL may contain three hundred of them
# Display names of the fields that a column can be used for.
USES = {
    "title": _("title"),
    "original_title": _("original title"),
    "year": _("year"),
    "release_date": _("release date"),
    "runtime": _("runtime"),
    "certificate": _("certificate"),
    "genres": _("genres"),
    "languages": _("languages"),
    "original_language": _("original language"),
    "director": _("director"),
    "cast": _("cast"),
    "synopsis": _("synopsis"),
    "content_notes": _("content notes"),
    "trailer_url": _("trailer"),
    "rating": _("rating"),
    "votes": _("number of votes"),
    "kind": _("type, such as film or series"),
    "seasons": _("seasons or episodes"),
    "distributor": _("distributor"),
    "format": _("format"),
}
DAY, MONTH = "day", "month"


def uses() -> "dict[str, StrPromise]":
    """The display name of each field that a column can be used for, by its name."""
    languages = other_languages()
    names = {field: (USES[name], languages[code]) for field, (name, code) in translated_fields().items()}
    return USES | {field: format_lazy("{} ({})", *name) for field, name in names.items()}


class FilmImportForm(forms.Form):
    """The upload of a table of films."""

    table = forms.FileField(
        label=_("Table"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.json,.jsonl,text/csv,application/json"}),
        help_text=_("CSV or JSON of at most 10 MB and 5,000 films, with a title and a runtime for each."),
    )


class ChoicesForm(forms.Form):
    """How a table is read: encoding, order of dates, and the use of each column. Invalid values are ignored."""

    encoding = forms.ChoiceField(
        label=_("Encoding"), required=False, choices=[("", _("detect automatically")), *ENCODINGS.items()]
    )
    dates = forms.ChoiceField(
        label=_("Dates such as 06/12/2026"),
        required=False,
        choices=[
            ("", _("as in the rest of the table")),
            (DAY, _("day first: 6 December")),
            (MONTH, _("month first: 12 June")),
        ],
    )
    update = forms.BooleanField(required=False)

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.full_clean()

    @property
    def choices(self) -> Choices:
        dates = self.cleaned_data.get("dates")
        return Choices(
            assigned={int(name.removeprefix("c")): field for name, field in self._columns().items()} or None,
            encoding=self.cleaned_data.get("encoding", ""),
            day_first=dates == DAY if dates else None,
        )

    @property
    def chosen(self) -> dict[str, str]:
        """The chosen options as form data, to be sent again with the import."""
        kept = {name: self.cleaned_data.get(name, "") for name in ("encoding", "dates")}
        return self._columns() | {name: value for name, value in kept.items() if value}

    def _columns(self) -> dict[str, str]:
        chosen = {name: self.data[name] for name in self.data if COLUMN.fullmatch(name)}
        known = known_fields()
        return {name: field if field in known else "" for name, field in chosen.items()}
