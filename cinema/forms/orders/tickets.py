"""Forms to find a ticket and to prove its ownership."""

import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.domain.lists import listed
from cinema.domain.money import format_money
from cinema.forms.booking.booking import LARGEST_KEY, HoldForm, SeatIdsField, first_mode, offered_modes
from cinema.forms.core.fields import CompanyFields, EmailField, OneLineField
from cinema.models import Ticket, TicketSeat
from cinema.models.codes import REFERENCE_LENGTH, reference_in


class FindTicketForm(forms.Form):
    """The reference, in any spacing and case, and the email address of the booking."""

    reference = OneLineField(
        label=_("Reference"),
        max_length=80,
        help_text=_("8 letters and digits, from the ticket or its email."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
        ),
    )
    email = EmailField(label=_("Email address"))

    def clean_reference(self) -> str:
        reference = reference_in(self.cleaned_data["reference"])
        if not reference:
            raise forms.ValidationError(
                _("A reference has %(length)d letters and digits, such as K7PM-3WXY."),
                params={"length": REFERENCE_LENGTH},
            )
        return reference


class OwnerForm(forms.Form):
    """Proof of ownership before a ticket is cancelled or changed.

    A known ``owner`` only confirms. Others enter the email address of the booking, which is not on the ticket, so a
    photograph of the ticket is not enough. services.orders.owners checks the address.
    """

    email = EmailField(label=_("Email address of the booking"))

    def __init__(self, *args: Any, ticket: Ticket, owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        if owner:
            del self.fields["email"]


class SeatsToCancelForm(forms.Form):
    """Some seats of a ticket, to be cancelled."""

    seats = SeatIdsField(label=_("Which seats do you want to cancel?"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, lines: Iterable[TicketSeat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seats"].widget.choices = [(line.show_seat_id, _named(line)) for line in lines]


class ConfirmForm(OwnerForm):
    """The proof of ownership, and the refund that the buyer has ``seen`` before confirming."""

    seen = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2, widget=forms.HiddenInput)


class CancelTicketForm(ConfirmForm):
    """The same for a whole ticket; without what was seen, the refund is whatever it is by then."""

    seen = forms.DecimalField(required=False, min_value=0, max_digits=10, decimal_places=2, widget=forms.HiddenInput)


class ExchangeSeatsForm(HoldForm):
    """The seats chosen at another show, or a request for the best ones."""

    seats = SeatIdsField(required=False)
    best = forms.BooleanField(required=False)

    def clean(self) -> None:
        if not self.cleaned_data.get("best") and not self.cleaned_data.get("seats") and "seats" not in self.errors:
            self.add_error("seats", _("Please choose at least one seat."))


class UpgradeForm(ConfirmForm):
    """The payment method for an upgrade, and the proof of ownership.

    ``seen`` is the difference that the buyer has seen, ``key`` the idempotency key.
    """

    mode = forms.ChoiceField(
        label=_("Payment method"), choices=offered_modes, initial=first_mode, widget=forms.RadioSelect
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)
    field_order = ["mode", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"key": secrets.token_urlsafe(16)}, **kwargs)


def _named(line: TicketSeat) -> str:
    """A seat of a ticket with its ticket type and price."""
    kind = line.ticket_type.localized.name if line.ticket_type else ""
    return listed([line.show_seat.seat.label, kind, format_money(line.current_price)])


class CompanyForm(CompanyFields, OwnerForm):
    """The company that a receipt is to name, and the proof of ownership."""

    field_order = ["company", "company_tax_number", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].required = True


class ExchangeForm(OwnerForm):
    """The show chosen instead of a cancelled one, and the proof of ownership."""

    show = forms.IntegerField(
        min_value=1,
        max_value=LARGEST_KEY,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(["required", "invalid"], _("Please choose one of the shows.")),
    )
