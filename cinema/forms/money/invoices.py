"""Forms of invoices: which are shown, and what was paid of one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.days import DayField
from cinema.forms.core.fields import MoneyField, OneLineField, field_of
from cinema.models import InvoicePayment
from cinema.models.codes import new_code
from cinema.services.money.invoices import MoneyReceived

Way = InvoicePayment.Way


class InvoicePaymentForm(forms.Form):
    """Money that came for an invoice: between ``days``, that of the invoice and today; ``left`` is left to pay."""

    data: QueryDict
    way = forms.ChoiceField(label=_("Paid by"), choices=Way, initial=Way.TRANSFER, widget=forms.RadioSelect)
    amount = MoneyField(label=_("Amount"), min_value=Decimal("0.01"))
    reference = OneLineField(
        label=_("Reference of the transfer"), max_length=100, required=False, help_text=_("As on the bank statement.")
    )
    paid_on = DayField(
        label=_("Day of the transfer"),
        required=False,
        help_text=_("Today, if it is empty. It counts in today’s books all the same."),
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)

    def __init__(self, data: Mapping[str, Any] | None = None, *, days: tuple[date, date], left: Decimal) -> None:
        super().__init__(data, initial={"amount": left, "key": new_code()})
        self.days = days
        first, last = (day.isoformat() for day in days)
        field_of(self, "paid_on", DayField).widget.attrs.update(min=first, max=last)

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("way") == Way.TRANSFER and self.cleaned_data.get("reference") == "":
            self.add_error("reference", _("Please enter the reference of the transfer."))
        day = self.cleaned_data.get("paid_on")
        if day and day > self.days[1]:
            self.add_error("paid_on", _("This day is still to come."))

    def renew_key(self) -> None:
        """Let the form, sent again, be another request."""
        self.data = self.data.copy()
        self.data["key"] = new_code()

    def paid(self, till: str) -> MoneyReceived:
        """What was paid; cash in the session ``till``, by its code, today."""
        cleaned = self.cleaned_data
        is_cash = cleaned["way"] == Way.CASH
        return MoneyReceived(
            way=cleaned["way"],
            amount=cleaned["amount"],
            key=cleaned["key"],
            reference="" if is_cash else cleaned["reference"],
            paid_on=None if is_cash else cleaned["paid_on"],
            till=till,
        )
