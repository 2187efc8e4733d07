"""Forms of a booking: seats, ticket types, contact and payment."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from cinema.domain.lists import listed
from cinema.domain.money import format_money
from cinema.forms.core.fields import CompanyFields, EmailField, MoneyField, NameField, OneLineField, field_of
from cinema.models import LegalText, PaymentMode
from cinema.selectors.booking.seat_map import SeatPrice
from cinema.services.booking.booking_requests import Contact

LARGEST_KEY = 2**63 - 1


def is_key(text: str) -> bool:
    """Whether ``text`` is a number in the range of database keys."""
    return text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_KEY


class SeatIdsField(forms.Field):
    """Keys of ShowSeats, posted by checkboxes or as a list of numbers in JSON."""

    widget = forms.SelectMultiple
    default_error_messages = {
        "required": _("Please choose at least one seat."),
        "invalid": _("“%(value)s” is not a seat."),
        "twice": _("A seat was chosen twice. Please choose each seat once."),
    }

    def to_python(self, value: Any) -> list[int]:
        if not value:
            return []
        if not isinstance(value, list | tuple):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid", {"value": str(value)[:40]})
        return [self._seat_id(item) for item in value]

    def validate(self, value: list[int]) -> None:
        super().validate(value)
        if len(set(value)) < len(value):
            raise forms.ValidationError(self.error_messages["twice"], "twice")

    def _seat_id(self, item: Any) -> int:
        text = str(item)
        if isinstance(item, int | str) and not isinstance(item, bool) and is_key(text):
            return int(text)
        raise forms.ValidationError(self.error_messages["invalid"], "invalid", {"value": text[:40]})


class CodesField(forms.Field):
    """Codes of holds, posted by hidden inputs."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        return list(dict.fromkeys(str(code) for code in value or ()))[: settings.MAX_SEATS]


class TicketTypesField(forms.Field):
    """The key of the ticket type for each seat, by key: ``type-<seat>`` fields of a page, or an object in JSON.

    A seat that is left out or empty has the plain type.
    """

    class Widget(forms.HiddenInput):
        """Reads the select boxes beside the seats."""

        prefix = "type-"

        def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
            if not isinstance(data, QueryDict):
                return data.get(name)
            return {key.removeprefix(self.prefix): data[key] for key in data if key.startswith(self.prefix)}

    widget = Widget
    default_error_messages = {"invalid": _("“%(value)s” is not a ticket type.")}

    def to_python(self, value: Any) -> dict[int, int]:
        if not value:
            return {}
        if not isinstance(value, dict):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid", {"value": str(value)[:40]})
        return {self._key(seat): self._key(kind) for seat, kind in value.items() if kind != ""}

    def _key(self, item: Any) -> int:
        if isinstance(item, int | str) and not isinstance(item, bool) and is_key(str(item)):
            return int(item)
        raise forms.ValidationError(self.error_messages["invalid"], "invalid", {"value": str(item)[:40]})


class HoldForm(forms.Form):
    """The seats ticked on the map, or those of an alternative, posted as ``instead``: “12-13-14”.

    With ``insist`` the buyer confirms a choice in spite of a warning.
    """

    data: QueryDict
    seats = SeatIdsField()
    insist = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict | None = None, **more: Any) -> None:
        if data and data.get("instead"):
            data = data.copy()
            data.setlist("seats", str(data["instead"]).split("-"))
        super().__init__(data, **more)

    @property
    def readable(self) -> list[int]:
        """The posted seats that are valid keys, so that a rejected choice stays on the page."""
        return [int(text) for text in self.data.getlist("seats") if is_key(text)]


class BestSeatsForm(forms.Form):
    """A search for the best seats: number of people, category, and highest price."""

    data: QueryDict
    party = forms.TypedChoiceField(label=_("How many seats"), coerce=int)
    category = forms.IntegerField(
        label=_("Area"), required=False, min_value=1, max_value=LARGEST_KEY, widget=forms.Select
    )
    ceiling = MoneyField(label=_("Maximum price per seat"), required=False, min_value=0)

    def __init__(self, data: QueryDict | None = None, prices: Iterable[SeatPrice] = (), party: int = 1) -> None:
        super().__init__(data, initial={"party": party})
        prices, most = tuple(prices), settings.MAX_SEATS
        self.shown = None if self.is_bound else (party, prices, most)  # what its fields depend on, before it is sent
        field_of(self, "party", forms.TypedChoiceField).choices = _parties(most, get_language())
        self.fields["party"].error_messages = dict.fromkeys(
            ["required", "invalid", "invalid_choice"],
            ngettext("Please choose %(most)d seat.", "Please choose 1 to %(most)d seats.", most) % {"most": most},
        )
        self.fields["category"].widget.choices = [
            ("", _("Any")),
            *((price.category_id, listed([price.category, format_price(price)])) for price in prices),
        ]

    @property
    def error(self) -> str:
        """The first error as a sentence; "" if there is none."""
        return next((f"{self[name].label}: {errors[0]}" for name, errors in self.errors.items()), "")


@cache
def _parties(most: int, _language: str | None) -> list[tuple[int, str]]:
    """The sizes of a party, up to ``most``, in the language that is active."""
    return [(n, ngettext("%(n)d seat", "%(n)d seats", n) % {"n": n}) for n in range(1, most + 1)]


def format_price(price: SeatPrice) -> str:
    """Format the price of a category: “₹250”, or “₹250–₹300” if its seats differ."""
    return "–".join(map(format_money, sorted({price.lowest, price.highest})))


class ContactForm(forms.Form):
    """The contact data of the buyer."""

    name = NameField(label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = EmailField(
        label=_("Email address"),
        help_text=_("We’ll email your ticket here."),
    )
    phone = forms.RegexField(
        r"^\+?[0-9 ()./-]{6,24}$",
        label=_("Phone"),
        error_messages={"invalid": _("Please enter a phone number: at least 6 digits, with or without spaces.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = False
        self.fields["phone"].help_text = _("Optional, in case your show changes.")

    def ask_for_phone(self) -> None:
        """Mark the phone number as required, where the theatre asks for one. The service checks that it is given."""
        self.fields["phone"].required = True
        self.fields["phone"].help_text = _("In case your show changes.")

    @property
    def contact(self) -> Contact:
        return Contact(self.cleaned_data["name"], self.cleaned_data["email"], self.cleaned_data["phone"])


def link_to_terms(terms: LegalText, words: str) -> str:
    return format_html('<a href="{}" target="_blank">{}</a>', terms.get_absolute_url(), words)


class AcceptTermsField(forms.Field):
    """A checkbox that accepts one version of the terms. If another version was ticked, it must be ticked again."""

    class Widget(forms.CheckboxInput):
        version: str

        def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
            return data.get(name)

        def format_value(self, value: Any) -> str:
            return self.version

    widget = Widget
    default_error_messages = {
        "required": _("Please accept the terms to continue."),
        "changed": _("Our terms have just changed. Please read and accept them again."),
    }

    def show(self, terms: LegalText) -> None:
        """Show the checkbox for these terms."""
        self.widget.version = version = str(terms.version)
        self.widget.check_test = lambda value: str(value) == version
        self.help_text = link_to_terms(terms, str(_("Read the terms in a new tab")))

    def to_python(self, value: Any) -> int | None:
        if value and str(value) != self.widget.version:
            raise forms.ValidationError(self.error_messages["changed"], "changed")
        return int(self.widget.version) if value else None


def offered_modes() -> list[tuple[str, str]]:
    """The modes of payment that this installation takes, in the order of its settings."""
    return [(mode, str(PaymentMode(mode).label)) for mode in settings.PAYMENT_GATEWAYS]


def first_mode() -> str:
    """The mode that is chosen unless the buyer chooses another."""
    return next(iter(settings.PAYMENT_GATEWAYS), "")


class CheckoutForm(CompanyFields, ContactForm):
    """The checkout page. ``seats`` and ``total`` are those shown for the chosen ``types``; ``holds`` are checked out
    together with the one whose page it is.

    ``vouchers`` and ``gift_cards`` are the codes that were taken, which leave ``rest`` to pay, and ``gift_card`` is one
    of either that was typed.
    ``key`` is the idempotency key. There is no ``mode`` if nothing is left to pay. ``terms`` are those in force at the
    theatre, if any.
    """

    data: QueryDict
    HIDDEN = frozenset(
        {"holds", "seats", "total", "rest", "key", "types", "vouchers", "gift_cards"}
    )  # filled in by the page, not by the buyer

    mode = forms.ChoiceField(
        label=_("Payment method"), choices=offered_modes, initial=first_mode, widget=forms.RadioSelect
    )
    holds = CodesField(required=False)
    seats = SeatIdsField(widget=forms.MultipleHiddenInput, required=False)
    types = TicketTypesField(required=False)
    total = forms.DecimalField(widget=forms.HiddenInput, max_digits=10, decimal_places=2)
    rest = forms.DecimalField(widget=forms.HiddenInput, max_digits=10, decimal_places=2, required=False)
    vouchers = CodesField(required=False)
    gift_cards = CodesField(required=False)
    gift_card = OneLineField(
        label=_("Code of your gift card or voucher"),
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        ),
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)
    coupon = OneLineField(
        label=_("Coupon code"),
        max_length=60,
        required=False,
        widget=forms.TextInput(
            attrs={
                "form": "checkout",  # it stands outside
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
    )
    terms = AcceptTermsField(label=_("I accept the terms"))

    def __init__(self, *args: Any, terms: LegalText | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if terms:
            field_of(self, "terms", AcceptTermsField).show(terms)
        else:
            del self.fields["terms"]
        if self._is_free():
            del self.fields["mode"]

    def _is_free(self) -> bool:
        try:
            shown = (self.fields[name].to_python(self[name].value()) for name in ("total", "rest"))
            return any(amount == 0 for amount in shown)
        except forms.ValidationError:
            return False

    @property
    def prepaid(self) -> list[str]:
        """The codes of vouchers and gift cards as posted, without the one that is to be removed."""
        typed = [*self.data.getlist("vouchers"), *self.data.getlist("gift_cards"), self.data.get("gift_card", "")]
        return [code for code in (text[:100] for text in typed) if code and code != self.data.get("remove_card")]

    @property
    def chosen_types(self) -> dict[int, int]:
        """The posted ticket types that are valid keys, so that a rejected choice stays on the page."""
        posted = self.fields["types"].widget.value_from_datadict(self.data, {}, "types") or {}
        return {int(seat): int(kind) for seat, kind in posted.items() if is_key(seat) and is_key(kind)}

    @property
    def typed(self) -> dict[str, Any]:
        """The values the buyer has entered, valid or not."""
        return {name: self.data.get(name, "") for name in self.fields if name not in self.HIDDEN}
