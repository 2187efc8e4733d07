"""The form of a booking in one step, as programs send it in JSON."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import ErrorDict, ErrorList
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.forms.booking.booking import LARGEST_KEY, SeatIdsField, TicketTypesField, offered_modes
from cinema.forms.core.fields import EmailField, NameField
from cinema.models import User
from cinema.services.booking.booking_requests import Contact


class JSONTextField(NameField):
    """A string in JSON, on one line. Other JSON values are rejected."""

    default_error_messages = {"invalid": _("This should be a text.")}

    def to_python(self, value: Any) -> str:
        if isinstance(value, list | dict | bool):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(value)


class JSONForm(forms.Form):
    """A form for a JSON object. No page shows it, so it uses the fields of its class instead of copying them."""

    is_bound = True

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data, self.fields = data, self.base_fields
        self._errors: ErrorDict | None = None

    def full_clean(self) -> None:
        self._errors, self.cleaned_data = ErrorDict(), {}
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = field.clean(self.data.get(name))
            except forms.ValidationError as error:
                self._errors[name] = ErrorList(error.error_list)


class CodeListField(forms.Field):
    """A list of codes in JSON."""

    default_error_messages = {"invalid": _("This should be a list of texts.")}

    def to_python(self, value: Any) -> list[str]:
        if value in (None, ""):
            return []
        if not isinstance(value, list) or not all(isinstance(code, str) and len(code) <= 100 for code in value):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return value


class JSONBooleanField(forms.Field):
    """True or false in JSON; the default is false."""

    default_error_messages = {"invalid": _("This should be true or false.")}

    def to_python(self, value: Any) -> bool:
        if value is not None and not isinstance(value, bool):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return bool(value)


def _choose_a_mode() -> str:
    return gettext("Choose one of {modes}.").format(modes=", ".join(settings.PAYMENT_GATEWAYS))


class BookForm(JSONForm):
    """A booking in one step, as JSON."""

    show_id = forms.IntegerField(min_value=1, max_value=LARGEST_KEY)
    seat_ids = SeatIdsField()
    payment_mode = forms.ChoiceField(
        choices=offered_modes, error_messages={"invalid_choice": lazy(_choose_a_mode, str)()}
    )
    name = JSONTextField(max_length=150, required=False)
    email = EmailField(required=False)
    phone = JSONTextField(max_length=30, required=False)
    insist = JSONBooleanField(required=False)
    types = TicketTypesField(required=False)
    coupon = JSONTextField(max_length=60, required=False)
    vouchers = CodeListField(required=False)
    gift_cards = CodeListField(required=False)
    accept_terms = JSONBooleanField(required=False)

    def contact(self, user: User) -> Contact:
        """The customer named in the booking; the default is the owner of the token."""
        cleaned = self.cleaned_data
        return Contact(cleaned["name"] or user.name, cleaned["email"] or user.email, cleaned["phone"] or user.phone)
