"""Forms of the counter: which seats, and how they are paid."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cinema.forms.booking.booking import SeatIdsField, is_key
from cinema.forms.core.fields import EmailField, MoneyField, OneLineField, field_of
from cinema.forms.people.people import PersonField, PinField
from cinema.models import CounterAction, Theatre, User
from cinema.models.codes import new_code
from cinema.models.payments import COUNTER_MODES, TAKEN_AT_ONCE, PaymentMode
from cinema.selectors.people.pins import supervisors_at
from cinema.services.booking.booking_requests import Contact
from cinema.services.orders.counter import CounterSeatRequest, Tender
from cinema.services.orders.invoices import InvoiceTerms

MOST_SEATS = 200  # of one show in a sale
RESERVED_UNTIL = timedelta(minutes=30)  # before the show, unless something else is entered
LARGEST_KEY = 2**63 - 1
DUE_WITHIN, MOST_DAYS = 14, 180  # of an invoice


class TypeCountsField(forms.Field):
    """How many tickets of each type, by its key: ``kind-<key>`` fields of the page; 0 stands for a show without."""

    class Widget(forms.HiddenInput):
        """Reads the number fields."""

        prefix = "kind-"

        def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
            return {key.removeprefix(self.prefix): data[key] for key in data if key.startswith(self.prefix)}

    widget = Widget

    def to_python(self, value: Any) -> dict[int, int]:
        counts = {}
        for key, number in (value or {}).items():
            if not is_key(key) or not (number == "" or is_key(number)) or int(number or 0) > MOST_SEATS:
                text = _("Please enter numbers of tickets, %(most)d at most.")
                raise forms.ValidationError(text % {"most": MOST_SEATS})
            if int(number or 0):
                counts[int(key)] = int(number)
        if not 0 < sum(counts.values()) <= MOST_SEATS:
            raise forms.ValidationError(_("Please say how many tickets."))
        return counts


class SeatsForm(forms.Form):
    """A show, numbers of tickets by type, and seats if they were chosen on the map."""

    data: QueryDict
    show = forms.IntegerField(label=_("Show"), min_value=1, max_value=LARGEST_KEY)
    kinds = TypeCountsField(label=_("Tickets"))
    seats = SeatIdsField(required=False)

    def clean(self) -> None:
        super().clean()
        seats, kinds = self.cleaned_data.get("seats"), self.cleaned_data.get("kinds")
        if seats and kinds and len(seats) != sum(kinds.values()):
            text = _("Please choose as many seats as there are tickets: %(number)d.")
            self.add_error("seats", text % {"number": sum(kinds.values())})

    @property
    def wanted(self) -> CounterSeatRequest:
        return CounterSeatRequest(self.cleaned_data["show"], self.cleaned_data["kinds"], self.cleaned_data["seats"])


class ParkForm(forms.Form):
    """The word under which a sale is parked; with ``reserve`` its seats stay until some minutes before the show."""

    word = OneLineField(label=_("Name, email or word"), max_length=60)
    minutes = forms.IntegerField(label=_("Minutes before the show"), min_value=0, max_value=1440, required=False)
    reserve = forms.BooleanField(required=False)

    @property
    def before(self) -> timedelta | None:
        """How long before its first show a reservation ends; None if the sale is only parked."""
        if not self.cleaned_data["reserve"]:
            return None
        minutes = self.cleaned_data["minutes"]
        return RESERVED_UNTIL if minutes is None else timedelta(minutes=minutes)


class PayOutForm(forms.Form):
    """The supervisor who allows that money is paid out, and their PIN."""

    supervisor = PersonField(User.objects.none(), label=_("Supervisor"), empty_label=_("Please choose"))
    pin = PinField(label=_("Their PIN"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre) -> None:
        super().__init__(data)
        field_of(self, "supervisor", PersonField).queryset = supervisors_at(theatre)


class DrawerForm(PayOutForm):
    """Why a drawer is opened without a sale, and who allows it."""

    reason = OneLineField(label=_("Reason"), max_length=200)
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)

    field_order: Sequence[str] = ("reason", "supervisor", "pin")

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre) -> None:
        super().__init__(data, theatre=theatre)
        self.initial["key"] = new_code()


class ReasonForm(PayOutForm):
    """Why something is done that needs a permission. Somebody who ``may`` do it needs no PIN."""

    reason = forms.ChoiceField(label=_("Reason"))
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)

    reasons: Sequence[str] = ()

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre, may: bool) -> None:
        super().__init__(data, theatre=theatre)
        choices = [(reason, CounterAction.Reason(reason).label) for reason in self.reasons]
        field_of(self, "reason", forms.ChoiceField).choices = [("", _("Please choose")), *choices]
        self.initial["key"] = new_code()
        if may:
            del self.fields["supervisor"], self.fields["pin"]

    field_order: Sequence[str] = ("reason", "supervisor", "pin")


class VoidForm(ReasonForm):
    """Why a sale is voided."""

    reasons: Sequence[str] = CounterAction.OF_VOIDS


class ReprintForm(ReasonForm):
    """Why tickets are printed again. Neither reason nor PIN is needed while a print job of theirs ``waits``."""

    reasons: Sequence[str] = CounterAction.OF_REPRINTS

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre, may: bool, waits: bool) -> None:
        super().__init__(data, theatre=theatre, may=may or waits)
        if waits:
            del self.fields["reason"]


class ReversalForm(ReasonForm):
    """Why a payment of an invoice is reversed."""

    reasons: Sequence[str] = CounterAction.OF_REVERSALS


class AllowForm(ReasonForm):
    """Seats of the sale that are free, or cost less, and why."""

    data: QueryDict
    reasons: Sequence[str] = tuple(dict.fromkeys([*CounterAction.OF_COMPS, *CounterAction.OF_PRICES]))

    seats = SeatIdsField(label=_("Seats"))
    price = MoneyField(label=_("Price of each"), required=False, min_value=0, help_text=_("Empty for free tickets."))
    field_order = ("seats", "price", "reason", "supervisor", "pin")

    @property
    def chosen(self) -> list[int]:
        """The seats that were ticked."""
        return self.cleaned_data.get("seats", []) if self.is_bound else []

    @property
    def price_of_each(self) -> Decimal:
        return self.cleaned_data["price"] or Decimal(0)


class InvoiceForm(ReasonForm):
    """Who is to pay for a sale on invoice, and until when."""

    data: QueryDict
    reasons: Sequence[str] = CounterAction.OF_INVOICES

    payer = OneLineField(label=_("Payer"), max_length=150, help_text=_("The school, company or association."))
    address = OneLineField(label=_("Address"), max_length=300)
    tax_number = OneLineField(label=_("Tax number"), max_length=40, required=False)
    email = EmailField(
        label=_("Email address"), required=False, help_text=_("For the tickets and the invoice; optional.")
    )
    days = forms.IntegerField(
        label=_("Days until it is due"),
        min_value=0,
        max_value=MOST_DAYS,
        initial=DUE_WITHIN,
        help_text=_("From today."),
    )
    total = forms.DecimalField(widget=forms.HiddenInput, max_digits=10, decimal_places=2)
    rest = forms.DecimalField(widget=forms.HiddenInput, max_digits=10, decimal_places=2)
    field_order = ("payer", "address", "tax_number", "email", "days", "reason", "supervisor", "pin")

    def show(self, **seen: Decimal) -> None:
        """Ask about the sale as it costs now, also after what was posted before."""
        self.initial.update(seen)
        if self.is_bound:
            self.data = self.data.copy()
            self.data.update({name: str(amount) for name, amount in seen.items()})

    @property
    def contact(self) -> Contact:
        """The buyer is the payer."""
        return Contact(self.cleaned_data["payer"], self.cleaned_data["email"])

    @property
    def terms(self) -> InvoiceTerms:
        return InvoiceTerms(**{name: self.cleaned_data[name] for name in InvoiceTerms._fields})


class TenderForm(forms.Form):
    """How a sale is paid. ``quick`` is an amount of cash that was touched instead of typed."""

    data: QueryDict
    amount = MoneyField(label=_("Amount"), required=False, min_value=0)
    quick = MoneyField(required=False, min_value=0, widget=forms.HiddenInput)
    reference = OneLineField(
        label=_("Reference of the card terminal"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mode = forms.ChoiceField(
        choices=[(mode.value, mode.label) for mode in (*TAKEN_AT_ONCE, *COUNTER_MODES)], required=False
    )
    coupon = OneLineField(label=_("Coupon code"), max_length=60, required=False)
    gift_card = OneLineField(label=_("Gift card or voucher"), max_length=400, required=False)
    email = EmailField(label=_("Email address"), required=False)
    total = forms.DecimalField(widget=forms.HiddenInput, max_digits=10, decimal_places=2)
    rest = forms.DecimalField(widget=forms.HiddenInput, max_digits=10, decimal_places=2, required=False)
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("mode") == PaymentMode.TERMINAL and not self.cleaned_data.get("reference"):
            self.add_error("reference", _("Please enter what the card terminal has printed."))

    @property
    def contact(self) -> Contact:
        """The buyer has no name, and an address only to get the tickets by email."""
        return Contact("", self.cleaned_data["email"])

    @property
    def tender(self) -> Tender:
        cleaned = self.cleaned_data
        quick = cleaned["quick"]
        mode = cleaned["mode"] or PaymentMode.CASH
        return Tender(
            mode=PaymentMode.CASH if quick is not None else mode,
            key=cleaned["key"],
            amount=quick if quick is not None else cleaned["amount"],
            reference=cleaned["reference"],
        )
