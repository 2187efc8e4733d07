"""What a door sends: its settings, scans, and what is undone."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.forms.booking.booking import LARGEST_KEY, is_key
from cinema.forms.core.fields import OneLineField
from cinema.models import CheckIn, Show
from cinema.models.check_ins import LONGEST_DEVICE
from cinema.services.door.check_ins import Scan

LONGEST_SCAN = 500  # characters


class KeysField(forms.Field):
    """Keys of rows as a set; None if none was sent."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": _("Please choose from the list.")}

    def to_python(self, value: Any) -> frozenset[int] | None:
        texts = [str(text) for text in value or ()]
        if not all(map(is_key, texts)):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return frozenset(map(int, texts)) or None


class DoorForm(forms.Form):
    """Where the device is, and which shows it admits to: all of today if none is chosen."""

    device = OneLineField(
        label=_("Name of this door"),
        max_length=LONGEST_DEVICE,
        required=False,
        help_text=_("Such as “Door 1”; others see it when a ticket is scanned twice."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    shows = forms.MultipleChoiceField(label=_("Shows"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, shows: Sequence[Show], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shows"].choices = [(str(show.pk), str(show)) for show in shows]  # type: ignore[attr-defined]


class ScanForm(forms.Form):
    """A scan. ``key`` is its idempotency key; ``seats`` are those of the party who are there, by default all."""

    text = OneLineField(
        label=_("Ticket"),
        max_length=LONGEST_SCAN,
        error_messages={"required": _("Please scan a ticket, or type its reference.")},
    )
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)
    direction = forms.ChoiceField(choices=CheckIn.Direction, required=False)
    seats = KeysField(required=False)

    @property
    def scan(self) -> Scan:
        cleaned = self.cleaned_data
        direction = cleaned["direction"] or CheckIn.Direction.IN
        return Scan(cleaned["text"], cleaned["key"], direction, cleaned["seats"], cleaned.get("reason", ""))


class ByHandForm(ScanForm):
    """The decision of a supervisor to admit people all the same."""

    reason = OneLineField(label=_("Reason"), max_length=200)


class UndoForm(forms.Form):
    """What is undone of a ``check_in``: ``all``, or the ``seats`` of those who are not there."""

    check_in = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST_KEY)
    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=64)
    seats = KeysField(required=False)
    all = forms.BooleanField(required=False)

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("all"):
            self.cleaned_data["seats"] = None
        elif not self.cleaned_data.get("seats"):
            raise forms.ValidationError(_("Please choose who is not here."))
