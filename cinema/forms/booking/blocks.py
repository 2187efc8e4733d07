"""Forms to take seats off sale and to lift such a block."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cinema.forms.booking.booking import SeatIdsField, is_key
from cinema.forms.core.days import DayField
from cinema.forms.core.fields import OneLineField
from cinema.models import Screen, SeatBlock

LONGEST_RELEASE = 30 * 24 * 60  # minutes
FURTHEST = timedelta(days=5 * 365)


class LiftForm(forms.Form):
    """The reason for lifting a block."""

    reason = OneLineField(label=_("Reason"), max_length=200, required=False)


class BlockForm(forms.Form):
    """Seats of the ``screen`` to block, the reason, and the trading days; ``today`` is the theatre's trading day."""

    wide = ("reason",)

    data: QueryDict
    seats = SeatIdsField(widget=forms.MultipleHiddenInput)
    kind = forms.ChoiceField(
        label=_("Why they are blocked"),
        choices=[(SeatBlock.Kind.BROKEN, _("Broken")), (SeatBlock.Kind.HOUSE, _("House seats"))],
        initial=SeatBlock.Kind.BROKEN,
    )
    from_day = DayField(label=_("From"))
    until_day = DayField(label=_("Until"), required=False, help_text=_("Including this day. Leave empty for no end."))
    release_minutes = forms.IntegerField(
        label=_("Release house seats"),
        required=False,
        min_value=1,
        max_value=LONGEST_RELEASE,
        help_text=_("Minutes before each show. Leave empty to release them by hand."),
    )
    reason = OneLineField(label=_("Reason"), max_length=200, help_text=_("Only your staff sees this."))

    def __init__(self, *args: Any, screen: Screen, today: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.screen, self.today = screen, today
        self.fields["from_day"].initial = today

    @property
    def readable(self) -> list[int]:
        """The posted seats that are valid keys; they stay ticked if another field is rejected."""
        return [int(text) for text in self.data.getlist("seats") if is_key(text)] if self.is_bound else []

    def clean_seats(self) -> list[int]:
        """Allow only present seats of this hall, because the preview names the buyers of sold seats."""
        seats: list[int] = self.cleaned_data["seats"]
        if self.screen.seats.filter(retired_at=None, pk__in=seats).count() != len(seats):
            raise forms.ValidationError(_("This hall has been changed in the meantime. Please choose the seats again."))
        return seats

    def clean_from_day(self) -> date:
        return self._within_reach(self.cleaned_data["from_day"])

    def clean_until_day(self) -> date | None:
        day = self.cleaned_data["until_day"]
        if day and day < self.today:
            raise forms.ValidationError(_("This day is in the past."))
        return day and self._within_reach(day)

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if cleaned.get("until_day") and cleaned.get("from_day") and cleaned["until_day"] < cleaned["from_day"]:
            self.add_error("until_day", _("The last day is before the first."))

    def _within_reach(self, day: date) -> date:
        if day > self.today + FURTHEST:
            raise forms.ValidationError(_("This day is more than five years away."))
        return day
