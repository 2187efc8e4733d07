"""Forms of tills: their settings, counting a drawer, moving cash, closing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.domain.cash import denominations
from cinema.domain.money import format_money
from cinema.forms.core.fields import MoneyField, OneLineField, field_of
from cinema.forms.people.people import PersonField, PinField
from cinema.gateways.base import Reader
from cinema.models import CashMovement, Theatre, User
from cinema.models.codes import new_code
from cinema.selectors.people.pins import sellers_at

MOST_OF_ONE = 9_999  # notes or coins of a denomination


class TillForm(forms.Form):
    """The name of a till, and whether it is in use."""

    name = OneLineField(label=_("Name"), max_length=40, help_text=_("Such as “Box office”."))
    active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class ReaderForm(forms.Form):
    """Which card reader a till has."""

    reader = forms.ChoiceField(
        label=_("Card reader of this till"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("The readers that are set up at the payment provider. A reader asks for one card at a time."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, readers: Sequence[Reader], initial: Mapping[str, str]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        self.readers = {reader.reader_id: reader for reader in readers}
        field = field_of(self, "reader", forms.ChoiceField)
        field.choices = [("", _("None")), *((pk, _name_of_reader(one)) for pk, one in self.readers.items())]

    @property
    def chosen(self) -> Reader | None:
        return self.readers.get(self.cleaned_data["reader"])


def _name_of_reader(reader: Reader) -> str:
    """The name of a reader, and whether it is off now."""
    return reader.name if reader.is_online else gettext("%(reader)s (not connected)") % {"reader": reader.name}


class PrinterForm(forms.Form):
    """The name of a till's receipt printer."""

    name = OneLineField(label=_("Name"), max_length=40, help_text=_("Such as “Printer at the box office”."))


class PrintForm(forms.Form):
    """That something is printed again: once, however often the form is sent."""

    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial={"key": new_code()})


class CountForm(forms.Form):
    """How many notes and coins of each denomination are in a drawer."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for coin in denominations(settings.CURRENCY):
            self.fields[_name_of(coin)] = forms.IntegerField(
                label=format_money(coin),
                min_value=0,
                max_value=MOST_OF_ONE,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "data-worth": str(coin)}),
            )

    @property
    def counts(self) -> dict[str, int]:
        """The numbers by denomination."""
        coins = denominations(settings.CURRENCY)
        return {str(coin): number for coin in coins if (number := self.cleaned_data[_name_of(coin)])}


def _name_of(coin: Decimal) -> str:
    return f"coin_{str(coin).replace('.', '_')}"


class CashMoveForm(forms.Form):
    """Cash to be moved into or out of a drawer."""

    kind = forms.ChoiceField(label=_("What"), choices=CashMovement.Kind, widget=forms.RadioSelect)
    amount = MoneyField(label=_("Amount"), min_value=Decimal("0.01"))
    reason = OneLineField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Needed for whatever is paid in or out.")
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("kind") != CashMovement.Kind.DROP and self.cleaned_data.get("reason") == "":
            self.add_error("reason", _("Please say what it is for."))


class WitnessForm(forms.Form):
    """Why a drawer differs, and the second person who confirms it by PIN."""

    reason = OneLineField(label=_("Reason"), max_length=200)
    witness = PersonField(User.objects.none(), label=_("Second person"))
    pin = PinField(label=_("Their PIN"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre, but: User) -> None:
        super().__init__(data)
        field_of(self, "witness", PersonField).queryset = sellers_at(theatre).exclude(pk=but.pk)
