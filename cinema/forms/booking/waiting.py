"""The waiting list of a sold-out show."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cinema.forms.core.fields import EmailField, field_of
from cinema.models import User


class WaitingForm(forms.Form):
    """An entry on the waiting list: email address and number of seats."""

    email = EmailField(
        label=_("Email address"),
        help_text=_("We’ll only email you about this show."),
    )
    party = forms.IntegerField(label=_("How many seats"), min_value=1, initial=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party = field_of(self, "party", forms.IntegerField)
        party.max_value = party.widget.attrs["max"] = settings.MAX_SEATS

    def clean_party(self) -> int:
        """Check that the party is not larger than an order can be."""
        party: int = self.cleaned_data["party"]
        if party > settings.MAX_SEATS:
            text = ngettext(
                "At most %(limit)d seat can be booked at once.",
                "At most %(limit)d seats can be booked at once.",
                settings.MAX_SEATS,
            )
            raise forms.ValidationError(text, params={"limit": settings.MAX_SEATS})
        return party

    @classmethod
    def start(cls, user: User | AnonymousUser) -> "WaitingForm":
        """The form with the email address of a signed-in user."""
        return cls(initial={"email": user.email} if user.is_authenticated else {})
