"""The settings of a theatre."""

import zoneinfo
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from babel.core import Locale, get_global
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from cinema.domain.weekdays import weekday_choices
from cinema.forms.core.fields import MoneyField, OneLineField, VersionedForm, field_of
from cinema.models import Theatre
from cinema.models.theatres import FeeBasis

MINUTES = {"cancel_cutoff": 43_200, "companion_release": 43_200, "sales_cutoff": 1_440}  # maximum: 30 days, 1 day
MINUTES |= {"trailers": 120, "turnaround": 240, "doors": 240}
MOST = MINUTES | {"reminder_hours": 168}
FEES = ("web_fee", "web_fee_basis", "counter_fee", "counter_fee_basis", "api_fee", "api_fee_basis")

ONE_LINE = ("name", "city", "address", "legal_name", "legal_address", "tax_number", "receipt_prefix", "bank_account")

SALES = ("sales_cutoff", "cancel_cutoff", "refund_percent", "buyer_exchanges", "phone_required", "reminder_hours")

GROUPS = [
    (_("Theatre"), ("name", "city", "address", "time_zone", "film_week")),
    (_("Sales and refunds"), SALES),
    (_("Receipts"), ("legal_name", "legal_address", "tax_number", "receipt_prefix", "bank_account")),
    (_("Booking fees, part of every price that buyers see"), FEES),
    (_("Choice of seats"), ("single_seats", "companion_release", "carer_free")),
    (_("Times of a new show"), ("doors", "trailers", "turnaround")),
    (_("At the door"), ("reentry",)),
]


class TimeZone(NamedTuple):
    """An option of the list of time zones: “Europe/Berlin”, “Berlin”, “Germany”."""

    name: str
    city: str
    country: str


class TimeZoneField(OneLineField):
    """A time zone by its name, or by its city: “Berlin” is Europe/Berlin."""

    widget = forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        typed = text.partition(",")[0].casefold()  # an option may be followed by the country: “Berlin, Germany”
        found = [zone.name for zone in time_zones() if typed in (zone.name.casefold(), zone.city.casefold())]
        return found[0] if len(found) == 1 else text


class TheatreForm(VersionedForm, forms.ModelForm):
    """All settings of a theatre. ``settings`` are the cleaned data without the version."""

    class Meta:
        model = Theatre
        fields = [name for _legend, names in GROUPS for name in names]
        field_classes: dict[str, type[forms.Field]] = dict.fromkeys(ONE_LINE, OneLineField)
        field_classes |= {"time_zone": TimeZoneField} | dict.fromkeys(FEES[::2], MoneyField)
        widgets = {"time_zone": TimeZoneField.widget} | dict.fromkeys(FEES[::2], MoneyField.widget)
        help_texts = {"time_zone": _("Type a city, such as Berlin, and choose from the list.")}

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre | None = None):
        shown = [*self.Meta.fields, "version"] if theatre else []
        super().__init__(data, initial={name: getattr(theatre, name) for name in shown})
        for name, most in MOST.items():
            field = self.fields[name]
            field.validators += [MinValueValidator(0), MaxValueValidator(most)]
            field.widget.attrs |= {"min": 0, "max": most}
        for name in FEES:
            self.fields[name].required = False
        field_of(self, "film_week", forms.TypedChoiceField).choices = weekday_choices
        if theatre is None:
            del self.fields["version"]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields in groups, each with a legend."""
        return [(str(legend), [self[name] for name in names]) for legend, names in GROUPS]

    @property
    def settings(self) -> dict[str, Any]:
        none = dict(zip(FEES, [Decimal(0), FeeBasis.TICKET] * 3, strict=True))
        return {name: self.cleaned_data[name] or none.get(name, self.cleaned_data[name]) for name in self.Meta.fields}


def time_zones() -> list[TimeZone]:
    """The inhabited time zones and UTC, by city, with countries in the page's language."""
    return _time_zones(to_locale(get_language() or "en"))


@cache
def _time_zones(locale: str) -> list[TimeZone]:
    countries, known = Locale.parse(locale).territories, zoneinfo.available_timezones()
    lived_in = {name: code for name, code in get_global("zone_territories").items() if code.isalpha() and name in known}
    zones = [TimeZone(name, _city(name), countries.get(code, "")) for name, code in lived_in.items()]
    return sorted([*zones, TimeZone("UTC", "UTC", "")], key=lambda zone: (zone.city, zone.name))


def _city(name: str) -> str:
    """The city of a time zone: “Buenos Aires” for America/Argentina/Buenos_Aires."""
    return name.rpartition("/")[2].replace("_", " ")
