"""Staff of a theatre: adding a person with roles."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import EmailField, NameField, field_of
from cinema.models import StaffRole

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
