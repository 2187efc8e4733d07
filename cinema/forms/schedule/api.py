"""Forms of the API for the programme."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cinema.forms.schedule.programme import ProgrammeForm

PAGE_SIZE, LARGEST_PAGE, LAST_PAGE = 20, 100, 1_000_000


class MoviesForm(ProgrammeForm):
    """The filters of the programme, and the page. Unlike on the website, an invalid filter is an error."""

    page = forms.IntegerField(min_value=1, max_value=LAST_PAGE, required=False)
    page_size = forms.IntegerField(min_value=1, max_value=LARGEST_PAGE, required=False)

    def clean_page(self) -> int:
        return self.cleaned_data["page"] or 1

    def clean_page_size(self) -> int:
        return self.cleaned_data["page_size"] or PAGE_SIZE

    @property
    def refusals(self) -> dict[str, list[Any]]:
        """The errors by field. Messages of the website that describe what is shown instead are replaced."""
        sentences = {
            "city": _("There is no theatre in this city."),
            "theatre": _("There is no theatre of this name there."),
            "day": _("This should be today or a later day, written as 2026-11-27."),
            "language": _("There are no upcoming shows in this language. Give a code such as “hi”."),
            "genre": _("There are no upcoming films of this genre. Give its slug, such as “drama”."),
            "format": _("There is no such format."),
            "label": _("There is no such label."),
            "season": _("There is no such season now. Give its slug, the last part of its URL."),
        }
        found = {"theatre" if field == "__all__" else field: list(errors) for field, errors in self.errors.items()}
        return {field: [sentences[field]] if field in sentences else errors for field, errors in found.items()}
