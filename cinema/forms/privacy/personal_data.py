"""Forms to find and erase the data of a person, for owners and for account holders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import EmailField
from cinema.forms.people.accounts import OwnPasswordForm


class PersonForm(forms.Form):
    """A person, by email address."""

    email = EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))


class EraseForm(PersonForm):
    """Confirms the erasure of a person's data; ``insist`` must be ticked if there are unfinished tickets."""

    email = EmailField(widget=forms.HiddenInput)
    insist = forms.BooleanField(
        label=_("Erase their data even though they still have tickets or refunds"), required=False
    )
    confirm = forms.BooleanField(label=_("Yes, erase this person’s data"))

    def __init__(self, *args: Any, unfinished: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unfinished:
            del self.fields["insist"]


class DeleteAccountForm(OwnPasswordForm):
    """Confirms the deletion of one's own account; ``insist`` must be ticked if there are unfinished tickets."""

    insist = forms.BooleanField(
        label=_("Delete my account even though I still have tickets or refunds"), required=False
    )

    def __init__(self, *args: Any, unfinished: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unfinished:
            del self.fields["insist"]
