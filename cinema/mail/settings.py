"""Reading of the mail settings: the relay and the sender."""

from email.utils import parseaddr
from typing import Any

import dj_email_url
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail.message import sanitize_address
from django.core.validators import validate_email

FOR_EXAMPLE = "for example submission://user:password@smtp.example.org:587"
BACKENDS = "django.core.mail.backends"
# They write mails to the log or to disk, where others can read them, or keep them in memory for ever.
NOT_SENT = ("console", "filebased", "locmem")


def read_relay(url: str, *, in_production: bool) -> dict[str, Any]:
    """Return Django's mail settings from EMAIL_URL. Raises ImproperlyConfigured.

    A production site must name a relay, or ``dummy:`` to send nothing.
    """
    if not url:
        raise ImproperlyConfigured(f"EMAIL_URL is not set. Name the relay that sends this site's mails, {FOR_EXAMPLE}.")
    settings: dict[str, Any] = dj_email_url.parse(url)
    backend = settings.get("EMAIL_BACKEND", "")
    is_smtp = backend == f"{BACKENDS}.smtp.EmailBackend"
    if not backend or (is_smtp and not settings["EMAIL_HOST"]):
        raise ImproperlyConfigured(f"EMAIL_URL is not understood. Name a mail relay, {FOR_EXAMPLE}.")
    if in_production and backend in [f"{BACKENDS}.{name}.EmailBackend" for name in NOT_SENT]:
        scheme = url.partition(":")[0]
        raise ImproperlyConfigured(
            f"EMAIL_URL={scheme}: sends no mail, so only the demo and DEBUG may use it. Name a relay, {FOR_EXAMPLE}."
        )
    return settings


def read_sender(sender: str) -> str:
    """Return DEFAULT_FROM_EMAIL unchanged. Raises ImproperlyConfigured if it is not a valid sender."""
    try:
        sanitize_address(sender, "utf-8")  # what sending does with it
        validate_email(parseaddr(sender)[1])
    except (ValueError, ValidationError):
        raise ImproperlyConfigured(
            f"DEFAULT_FROM_EMAIL={sender} is not a sender. Write it like Cinema <tickets@example.org>, and a name with "
            'commas or other signs in quotes, like "Kino, Bar" <tickets@example.org>.'
        ) from None
    return sender
