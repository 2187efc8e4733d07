"""Forms for sign-up, sign-in, passwords, and the data of an account."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import forms as auth
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import EmailField, NameField, OneLineField
from cinema.models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LONGEST_LABEL = 80  # characters of the name of an API token


def password_fields(label: "StrOrPromise", again: "StrOrPromise") -> tuple[forms.CharField, forms.CharField]:
    """Fields for a new password and its repetition; the help text summarises AUTH_PASSWORD_VALIDATORS."""
    first, second = auth.SetPasswordMixin.create_password_fields(label, again)
    first.help_text = _("At least 10 characters. A few words together are easy to remember and hard to guess.")
    second.help_text = ""
    return first, second


class WeaknessAtFirstField(auth.SetPasswordMixin):
    """Reports a weak password at the first password field instead of the repetition."""

    def validate_password_for_user(self, user: User, password_field_name: str = "password2") -> None:  # noqa: S107
        super().validate_password_for_user(user, password_field_name.replace("2", "1"))


class SignUpForm(forms.Form):
    """A new account. The page does not reveal whether the address has an account; only a mail to it does."""

    email = EmailField(
        label=_("Email address"),
        # “username” is the name under which password managers store the new password.
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    name = NameField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class FirstPasswordForm(WeaknessAtFirstField, forms.Form):
    """The password of a new account; ``user`` is not saved yet."""

    password1, password2 = password_fields(_("Password"), _("Password again"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        self.validate_passwords()
        self.validate_password_for_user(self.user)
        return self.cleaned_data


class SignInForm(auth.AuthenticationForm):
    username = EmailField(
        label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    error_messages = auth.AuthenticationForm.error_messages | {
        "invalid_login": _("That email and password don’t match. Please try again."),
    }


class PasswordResetForm(forms.Form):
    email = EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class UnsavedPassword(auth.SetPasswordForm):
    """Sets the password without saving it; services.people.passwords.store_password saves it."""

    def save(self, commit: bool = True) -> User:
        user: User = super().save(commit=False)
        return user


class SetPasswordForm(UnsavedPassword, WeaknessAtFirstField, auth.SetPasswordForm):
    new_password1, new_password2 = password_fields(_("New password"), _("New password again"))


class PasswordChangeForm(UnsavedPassword, WeaknessAtFirstField, auth.PasswordChangeForm):
    new_password1, new_password2 = password_fields(_("New password"), _("New password again"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Current password")


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "phone")
        field_classes = {"name": NameField, "phone": OneLineField}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        }
        help_texts = {"phone": _("Optional, in case your show changes.")}


class OwnPasswordForm(forms.Form):
    """Confirmation by password, in case somebody else uses the session."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class EmailChangeForm(OwnPasswordForm):
    """A new email address for the account of ``user``."""

    email = EmailField(label=_("New email address"), help_text=_("We’ll email a link there to confirm it."))
    field_order = ["email", "password"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if email == self.user.email:
            raise forms.ValidationError(_("This is already your address."), code="same")
        return email


class TokenForm(OwnPasswordForm):
    """A new API token: its label and validity."""

    label = OneLineField(
        label=_("What is it for?"),
        max_length=LONGEST_LABEL,
        help_text=_("For example: kiosk at the entrance"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("How long is it valid?"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("A year")), (730, _("Two years"))],
        initial=365,
    )
    field_order = ["label", "days", "password"]
