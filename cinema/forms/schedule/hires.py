"""The form of a private hire, and the year of the list."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _

from cinema.domain.clock import FIRST_YEAR, LAST_YEAR
from cinema.forms.core.fields import (
    EmailField,
    LinesField,
    MoneyField,
    NameField,
    OneLineField,
    VersionedForm,
    field_of,
)
from cinema.forms.schedule.schedule_fields import ShowDayField, TimeOfDayField
from cinema.models import PrivateHire, Screen, Theatre
from cinema.models.private_hires import LONGEST_HIRE_NOTE

PLAIN = ("screen", "occasion", "contact", "email", "phone", "price", "note")


class YearForm(forms.Form):
    """The year of a list. An invalid one is ignored."""

    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)

    def chosen(self, usual: int) -> int:
        """The year, or the ``usual`` one."""
        self.full_clean()
        return self.cleaned_data.get("year") or usual


class HireForm(VersionedForm):
    """All data of a private hire."""

    occasion = OneLineField(
        label=_("Occasion"), max_length=120, help_text=_("Such as “Birthday”. Staff see it in the schedule.")
    )
    screen = forms.ModelChoiceField(Screen.objects.none(), label=_("Screen"))
    day = ShowDayField(label=_("Day"))
    at = TimeOfDayField(
        label=_("From"), help_text=_("With the time for preparing. 00:30 is in the night after the day.")
    )
    until = TimeOfDayField(label=_("Until"), help_text=_("With the time for cleaning."))
    price = MoneyField(
        label=_("Price"), required=False, validators=[MinValueValidator(0)], help_text=_("As agreed, with tax.")
    )
    contact = NameField(label=_("Contact"), max_length=150)
    email = EmailField(label=_("Email address"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    phone = OneLineField(label=_("Phone"), max_length=40, required=False)
    note = LinesField(
        label=_("Note"), max_length=LONGEST_HIRE_NOTE, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    field_order = ("occasion", "screen", "day", "at", "until", "price", "contact", "email", "phone", "note")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, theatre: Theatre, hire: PrivateHire | None = None
    ) -> None:
        super().__init__(data, initial=_initial(hire, theatre) if hire else None)
        open_ones = theatre.screens.filter(retired_at=None)
        screens = open_ones | theatre.screens.filter(pk=hire.screen_id) if hire else open_ones
        field_of(self, "screen", forms.ModelChoiceField).queryset = screens.order_by("name")
        if hire is None:
            del self.fields["version"]

    @property
    def facts(self) -> dict[str, Any]:
        """What is agreed, without the times."""
        return {name: self.cleaned_data[name] for name in PLAIN} | {"price": self.cleaned_data["price"] or Decimal(0)}

    @property
    def has_moved(self) -> bool:
        """Whether the day or a time has changed."""
        return bool({"day", "at", "until"}.intersection(self.changed_data))


def _initial(hire: PrivateHire, theatre: Theatre) -> dict[str, Any]:
    times = {"at": hire.starts_at, "until": hire.ends_at}
    return {
        **{name: getattr(hire, name) for name in (*PLAIN, "version")},
        **{name: f"{moment.astimezone(theatre.tz):%H:%M}" for name, moment in times.items()},
        "day": hire.trading_day,
    }
