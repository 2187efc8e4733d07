"""The settings of a theatre."""

import zoneinfo
from collections.abc import Mapping
from functools import cache
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from cinema.forms.fields import OneLineField, VersionedForm
from cinema.models import Theatre

MINUTES = {"cancel_cutoff": 43_200, "companion_release": 43_200, "sales_cutoff": 1_440}  # at most; a month, a day
MINUTES |= {"trailers": 120, "turnaround": 240, "doors": 240}


GROUPS = [
    (_("Theatre"), ("name", "city", "address", "time_zone")),
    (_("Sales and refunds"), ("tax_percent", "sales_cutoff", "cancel_cutoff", "refund_percent")),
    (_("Choice of seats"), ("single_seats", "companion_release", "carer_free")),
    (_("Times of a new show"), ("doors", "trailers", "turnaround")),
]


class TheatreForm(VersionedForm, forms.ModelForm):
    """All settings of a theatre. ``settings`` is what was said, once it is valid."""

    class Meta:
        model = Theatre
        fields = [name for _legend, names in GROUPS for name in names]
        field_classes = dict.fromkeys(("name", "city", "address", "time_zone"), OneLineField)
        widgets = {
            "time_zone": forms.TextInput(
                attrs={"list": "time-zones", "autocomplete": "off", "placeholder": "Asia/Kolkata"}
            )
        }

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre | None = None, version: int = 0):
        initial = {name: getattr(theatre, name) for name in self.Meta.fields} if theatre else {}
        super().__init__(data, initial=initial | {"version": version})
        for name, most in MINUTES.items():
            field = self.fields[name]
            field.validators += [MinValueValidator(0), MaxValueValidator(most)]
            field.widget.attrs |= {"min": 0, "max": most}
        if theatre is None:
            del self.fields["version"]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields by what they are about."""
        return [(legend, [self[name] for name in names]) for legend, names in GROUPS]

    @property
    def settings(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


@cache
def time_zones() -> list[str]:
    """The zones people live in, such as Asia/Kolkata, and UTC."""
    away = ("Etc/", "SystemV/", "US/", "posix/", "right/")
    names = zoneinfo.available_timezones()
    return sorted(name for name in names if ("/" in name and not name.startswith(away)) or name == "UTC")
