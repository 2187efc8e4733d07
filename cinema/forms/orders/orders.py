"""Forms of staff for orders and for the cancellation of shows."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.domain.lists import listed
from cinema.domain.money import format_money
from cinema.forms.booking.booking import LARGEST_KEY, HoldForm, SeatIdsField
from cinema.forms.core.days import MomentField
from cinema.forms.core.fields import EmailField, MoneyField, OneLineField, field_of
from cinema.forms.people.people import PersonField, PinField
from cinema.models import CounterAction, Theatre, TicketSeat, User
from cinema.models.annotated import TicketWithPrice
from cinema.selectors.people.pins import supervisors_at
from cinema.services.orders.staff_actions import RequestedAction

MOST_DAYS = 60  # that buyers of a cancelled show can have to choose


class StaffActionForm(forms.Form):
    """The reason of a staff action on an order; ``seen`` and ``key`` as in RequestedAction."""

    data: QueryDict
    reason = OneLineField(label=_("Reason"), max_length=200, help_text=_("Shown in the history of the order."))
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=LARGEST_KEY)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, data: Any = None, *, seen: int, **more: Any) -> None:
        initial = {"seen": seen, "key": secrets.token_urlsafe(16)} | more.pop("initial", {})
        super().__init__(data, initial=initial, **more)
        self.latest = seen

    def requested(self, user: User) -> RequestedAction:
        return RequestedAction(user, self.cleaned_data["reason"], self.cleaned_data["seen"], self.cleaned_data["key"])

    def renew(self) -> None:
        """Allow a rejected form to be sent again, based on the latest state of the order."""
        self.data = self.data.copy()
        self.data["seen"], self.data["key"] = str(self.latest), secrets.token_urlsafe(16)


class CancelForm(StaffActionForm):
    """Cancellation of a whole order, the amount to refund, why, and who allows it: see ask()."""

    TERMS, ALL, OTHER = "terms", "all", "other"

    back = forms.ChoiceField(
        label=_("Refund"),
        choices=[(TERMS, _("by your rules")), (ALL, _("in full")), (OTHER, _("another amount"))],
        initial=TERMS,
        widget=forms.RadioSelect,
    )
    amount = MoneyField(label=_("Amount"), required=False, min_value=0)
    reason = forms.ChoiceField(label=_("Reason"))  # type: ignore[assignment]
    note = OneLineField(label=_("Note"), max_length=150, required=False, help_text=_("Shown in the history."))
    supervisor = PersonField(User.objects.none(), label=_("Supervisor"), empty_label=_("Please choose"))
    pin = PinField(label=_("Their PIN"))
    field_order = ["back", "amount", "reason", "note", "supervisor", "pin"]

    def ask(self, theatre: Theatre, *, may: bool) -> None:
        """Ask for a reason and, unless the user ``may`` cancel, for the PIN of a supervisor of the theatre."""
        reasons = [(reason.value, reason.label) for reason in CounterAction.OF_CANCELS]
        field_of(self, "reason", forms.ChoiceField).choices = [("", _("Please choose")), *reasons]
        field_of(self, "supervisor", PersonField).queryset = supervisors_at(theatre)
        if may:
            del self.fields["supervisor"], self.fields["pin"]

    def requested(self, user: User) -> RequestedAction:
        """The action, with the reason as the history shows it."""
        why = [str(CounterAction.Reason(self.cleaned_data["reason"]).label), self.cleaned_data["note"]]
        return super().requested(user)._replace(reason=listed(why))

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if cleaned.get("back") == self.OTHER and cleaned.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", _("Please enter an amount."))

    def amount_of(self, order: TicketWithPrice) -> Decimal | None:
        """The amount to refund; None for the amount by the terms."""
        amounts: dict[str, Decimal | None] = {
            self.TERMS: None,
            self.ALL: order.kept,
            self.OTHER: self.cleaned_data["amount"],
        }
        return amounts[self.cleaned_data["back"]]


class SettleForm(StaffActionForm):
    """A refund that the provider refuses, settled by hand: how, as the reason."""

    refund = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_KEY)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"].label = _("How it was settled")


class RefundForm(StaffActionForm):
    """A refund of some seats for their price or another amount, or of an amount alone as goodwill."""

    seats = SeatIdsField(label=_("Seats to refund"), required=False, widget=forms.CheckboxSelectMultiple)
    amount = MoneyField(
        label=_("Amount"),
        required=False,
        min_value=0,
        help_text=_("Leave empty to refund the price of these seats. Without seats, it is a goodwill refund."),
    )
    field_order = ["seats", "amount", "reason"]

    def offer(self, lines: Sequence[TicketSeat]) -> None:
        """Show these to choose from; without any, the amount is all there is to enter."""
        if lines:
            self.fields["seats"].widget.choices = [
                (line.show_seat_id, listed([line.show_seat.seat.label, format_money(line.current_price)]))
                for line in lines
            ]
        else:
            del self.fields["seats"]

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if not cleaned.get("seats") and not cleaned.get("amount") and not self.errors:
            self.add_error("amount", _("Please choose seats or enter an amount."))


class ResendForm(StaffActionForm):
    """Sends the ticket again."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, initial={"reason": _("The buyer asked for it")}, **more)


class EmailForm(StaffActionForm):
    """A new email address for the order."""

    email = EmailField(label=_("New email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    field_order = ["email", "reason"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, initial={"reason": _("The address was mistyped")}, **more)


class MoveOrderForm(HoldForm, StaffActionForm):
    """A change of seats at the same show."""


class ExchangeOrderForm(HoldForm, StaffActionForm):
    """Chosen or best seats at another show, and whether a lower price is refunded."""

    seats = SeatIdsField(required=False)
    best = forms.BooleanField(required=False)
    refund_difference = forms.BooleanField(
        label=_("Refund the difference if the new seats are cheaper"), required=False
    )
    field_order = ["refund_difference", "reason"]

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if not cleaned.get("best") and not cleaned.get("seats") and "seats" not in self.errors:
            self.add_error("seats", _("Please choose at least one seat."))


class CancelShowForm(forms.Form):
    """The cancellation of a show: the reason, and the offer to buyers. Times are in the theatre's local time."""

    reason = OneLineField(label=_("Reason"), max_length=200, help_text=_("Everybody with a ticket will see it."))
    remedy = forms.ChoiceField(
        label=_("Offer to buyers"),
        choices=[
            ("REFUND", _("A full refund, at once")),
            ("EXCHANGE", _("Another show of the film, or a full refund")),
        ],
        initial="REFUND",
        widget=forms.RadioSelect,
    )
    choose_until = MomentField(
        label=_("Buyers can choose until"),
        required=False,
        help_text=_("Buyers who have not chosen by then get a refund. The time is the theatre’s local time."),
    )

    def clean(self) -> None:
        cleaned = self.cleaned_data
        until = cleaned.get("choose_until")
        if cleaned.get("remedy") == "EXCHANGE" and "choose_until" not in self.errors:
            if until is None:
                self.add_error("choose_until", _("Please enter a day and a time."))
            elif until > timezone.now() + timedelta(days=MOST_DAYS):
                self.add_error("choose_until", _("Buyers can have at most 60 days to choose."))
