"""The mails of a test: waiting ones are sent first, as the background jobs do within seconds."""

import re

from django.conf import settings
from django.core import mail
from django.core.mail import EmailMessage

from cinema.mail.sending import send_mails
from cinema.models import OutgoingMail


def outbox() -> list[EmailMessage]:
    """Every mail sent since the test began, or since ``forget_mails()``."""
    send_mails()
    return mail.outbox


def forget_mails() -> None:
    """Let ``outbox()`` begin anew. To write and send the mails that wait would take most of a test's time."""
    OutgoingMail.objects.all().delete()
    mail.outbox.clear()


def links(message: EmailMessage) -> list[str]:
    """The addresses of this site in a mail, without its name."""
    return re.findall(rf"{re.escape(settings.SITE_URL)}(\S+)", str(message.body))
