"""The form for a mail once a film is on sale."""

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from cinema.forms.core.fields import EmailField
from cinema.models import User


class FilmAlertForm(forms.Form):
    """The email address of a film alert."""

    email = EmailField(
        label=_("Email address"),
        help_text=_("We’ll email you once about this film, then delete your address."),
    )

    @classmethod
    def start(cls, user: User | AnonymousUser) -> "FilmAlertForm":
        """The form with the email address of a signed-in user."""
        return cls(initial={"email": user.email} if user.is_authenticated else {})
