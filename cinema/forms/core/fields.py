"""Form fields shared by several forms."""

from contextlib import suppress
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.core.validators import validate_email
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cinema.domain.money import is_payable
from cinema.domain.reading import AmbiguousNumber, read_amount, read_number, written_number
from cinema.domain.texts import normalise_email, one_line, visible
from cinema.exceptions import AmountTooPrecise

LONGEST_KEY = 18  # digits of a primary key
EXAMPLE = Decimal("9.50")
LONGEST_ADDRESS = 254  # characters of an email address in the models; Django's forms would allow more

AnyField = TypeVar("AnyField", bound=forms.Field)


def field_of(form: forms.BaseForm, name: str, kind: type[AnyField]) -> AnyField:
    """The field ``name`` of ``form``, which is of this kind."""
    field = form.fields[name]
    if not isinstance(field, kind):
        raise TypeError(f"{name} is no {kind.__name__}")
    return field


class OneLineField(forms.CharField):
    """A text on one line, without invisible characters."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class LinesField(forms.CharField):
    """A text of several lines, without invisible characters."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return visible(super().to_python(value) or "")


class NameField(OneLineField):
    """A person's name on one line. It is used in mails, where more lines could pass as text of the cinema."""


class EmailField(forms.EmailField):
    """An email address, normalised as stored, so that the address proven by a mail is the one kept."""

    widget = forms.EmailInput(attrs={"autocomplete": "email"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": LONGEST_ADDRESS} | options)

    def to_python(self, value: Any) -> str:
        return normalise_email(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if not value.isascii():  # the domain has no valid IDNA form
            raise forms.ValidationError(validate_email.message, code="invalid")


class VersionedForm(forms.Form):
    """A form with the version of the edited object, to detect edit conflicts."""

    data: QueryDict
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def reopen(self, version: int) -> None:
        """Keep the input but base it on ``version``, so that the user can overwrite the other change on purpose."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class CompanyFields(forms.Form):
    """The company that the receipt is to name, if the buyer asks for one."""

    company = OneLineField(
        label=_("Company"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    company_tax_number = OneLineField(
        label=_("Tax number"), max_length=40, required=False, help_text=_("Such as a GSTIN or VAT number; optional.")
    )

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("company_tax_number") and not self.cleaned_data.get("company"):
            self.add_error("company", _("Please enter the name of the company, too."))

    @property
    def named(self) -> tuple[str, str]:
        """The name and tax number of the company; "" for none."""
        return self.cleaned_data["company"], self.cleaned_data["company_tax_number"]


class NumberField(forms.DecimalField):
    """A decimal number as the language writes it, or in any other way that can only mean one number."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    default_error_messages = {
        "invalid": _("Please enter a number, such as %(example)s."),
        "ambiguous": _(
            "“%(typed)s” can mean two numbers. For thousands, please enter %(thousands)s; decimals are written as in "
            "%(example)s."
        ),
    }

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # of IntegerField, as DecimalField does
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        example = {"example": written_number(EXAMPLE)}
        try:
            return self.read(value, 2 if self.decimal_places is None else self.decimal_places)
        except AmbiguousNumber as error:
            params = example | {"typed": value.strip(), "thousands": error.thousands}
            raise forms.ValidationError(self.error_messages["ambiguous"], code="ambiguous", params=params) from None
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params=example) from None

    def read(self, text: str, places: int) -> Decimal:
        return read_number(text, places)

    def prepare_value(self, value: Any) -> Any:
        """Write a number as the language does; what cannot be read stays as it was typed."""
        with suppress(forms.ValidationError):
            value = self.to_python(value) if isinstance(value, str) else value
        return written_number(value) if isinstance(value, Decimal) else value


class MoneyField(NumberField):
    """An amount of money in multiples of the currency's smallest unit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_digits": 10, "decimal_places": 2} | options)

    def read(self, text: str, places: int) -> Decimal:
        return read_amount(text, places)

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)  # type: ignore[arg-type] # which takes None, too
        if value is not None and not is_payable(value):
            raise forms.ValidationError(str(AmountTooPrecise(value)), code=AmountTooPrecise.code)


class ModelsField(forms.ModelMultipleChoiceField):
    """Several rows by key. Keys outside the database's range are invalid choices, instead of errors of SQLite."""

    def clean(self, value: Any) -> QuerySet[Model]:
        for key in value if isinstance(value, list | tuple) else ():
            if not str(key).isdecimal() or len(str(key)) > LONGEST_KEY:
                raise forms.ValidationError(self.error_messages["invalid_choice"] % {"value": key})
        return super().clean(value)
