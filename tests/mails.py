"""The mails of a test: waiting ones are sent first, as the background jobs do within seconds."""

from django.core import mail
from django.core.mail import EmailMessage

from cinema.mail.sending import send_mails


def outbox() -> list[EmailMessage]:
    """Every mail sent since the test began, or since ``outbox().clear()``."""
    send_mails()
    return mail.outbox
