"""The form of a new tax rule."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone

from cinema.domain.tax import TaxBand
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import MoneyField, NumberField, VersionedForm
from cinema.models import TaxRule, Theatre


class TaxRuleForm(VersionedForm, forms.ModelForm):
    """A rule for sales from a day on, today if nothing else is entered."""

    prefix = "tax"  # beside the form of the theatre's settings

    class Meta:
        model = TaxRule
        fields = TaxBand._fields
        field_classes = {"from_day": DayField, "up_to": MoneyField, "percent": NumberField}
        widgets = {
            "up_to": NumberField.widget,
            "percent": NumberField.widget,
        }

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre) -> None:
        today = timezone.localdate(timezone=theatre.tz)
        super().__init__(data, initial={"version": theatre.version, "from_day": today})

    @property
    def band(self) -> TaxBand:
        return TaxBand(**{name: self.cleaned_data[name] for name in TaxBand._fields})
