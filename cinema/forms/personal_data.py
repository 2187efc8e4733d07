"""What is kept of a person, asked for by an owner or by themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.forms.accounts import OwnPasswordForm
from cinema.forms.fields import EmailField


class PersonForm(forms.Form):
    """Somebody, by an e-mail address."""

    email = EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))


class EraseForm(PersonForm):
    """The decision to erase them; to ``insist`` is for who has unfinished tickets."""

    email = EmailField(widget=forms.HiddenInput)
    insist = forms.BooleanField(label=_("Erase all the same"), required=False)
    confirm = forms.BooleanField(label=_("Yes, erase this person’s data for good"))

    def __init__(self, *args: Any, unfinished: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unfinished:
            del self.fields["insist"]


class DeleteAccountForm(OwnPasswordForm):
    """The decision to delete one's own account; to ``insist`` is for who has unfinished tickets."""

    insist = forms.BooleanField(label=_("Delete my account all the same"), required=False)

    def __init__(self, *args: Any, unfinished: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unfinished:
            del self.fields["insist"]
