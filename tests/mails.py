"""The mails a test looks at: what waits in the outbox is sent first, as the housekeeping does in a second or two."""

from django.core import mail
from django.core.mail import EmailMessage

from cinema.mail.sending import send_mails


def outbox() -> list[EmailMessage]:
    """Every mail sent since the test began, or since ``outbox().clear()``."""
    send_mails()
    return mail.outbox
