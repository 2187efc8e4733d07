"""Staff of a theatre: adding a person with roles, PINs, and signing on by one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import EmailField, NameField, field_of
from cinema.models import StaffRole, Theatre, User
from cinema.selectors.people.pins import sellers_at

Role = StaffRole.Role


class AddStaffForm(forms.Form):
    """A person by email address, and their roles. Only an ``owner`` can choose the role of manager."""

    email = EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = NameField(
        label=_("Name"),
        max_length=150,
        required=False,
        help_text=_("Only for new accounts; existing accounts keep their name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(label=_("Role"), choices=Role, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Mapping[str, Any] | None = None, *, owner: bool) -> None:
        super().__init__(data)
        if not owner:
            field_of(self, "roles", forms.MultipleChoiceField).choices = [
                (role.value, role.label) for role in Role if role != Role.MANAGER
            ]


class RoleForm(forms.Form):
    """A role to add or remove."""

    role = forms.ChoiceField(choices=Role)


class PinField(forms.CharField):
    """Four to eight digits."""

    widget = forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    default_validators = [RegexValidator(r"^[0-9]{4,8}\Z", _("Please enter four to eight digits."))]

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=8, **options)


class PersonField(forms.ModelChoiceField):
    """Somebody who has a PIN at the theatre."""

    def label_from_instance(self, user: Any) -> str:
        return str(user)


class NewPinForm(forms.Form):
    """A new PIN, twice."""

    pin = PinField(label=_("New PIN"), help_text=_("Four to eight digits."))
    again = PinField(label=_("New PIN again"))

    def clean(self) -> None:
        super().clean()
        if self.cleaned_data.get("pin") != self.cleaned_data.get("again"):
            self.add_error("again", _("The two PINs differ."))


class SignOnForm(forms.Form):
    """The seller who signs on in a shared browser, and their PIN."""

    seller = PersonField(User.objects.none(), label=_("Name"), widget=forms.RadioSelect, empty_label=None)
    pin = PinField(label=_("PIN"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, theatre: Theatre, last: int | None = None) -> None:
        super().__init__(data, initial={"seller": last})
        field_of(self, "seller", PersonField).queryset = sellers_at(theatre)
        field_of(self, "pin", PinField).widget.attrs["autofocus"] = True
