"""Mails that anybody can have sent to any address: not too many to one, nor from one place."""

from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.functions import Now

from cinema.exceptions import TooManyMails
from cinema.marks import mark
from cinema.models import MailRequest

WINDOW = timedelta(hours=1)
TO_ONE, FROM_ONE = 3, 20  # within the window


def note_mail_request(*, email: str, address: str) -> None:
    """Count a mail to ``email``, account or not, that somebody at a network ``address`` asks for.

    Raises TooManyMails.
    """
    to, origin = mark(email.lower()), mark(address)
    recent = MailRequest.objects.filter(Q(to=to) | Q(origin=origin), at__gt=Now() - WINDOW)
    count = recent.aggregate(to=Count("pk", filter=Q(to=to)), origin=Count("pk", filter=Q(origin=origin)))
    if count["to"] >= TO_ONE or (origin and count["origin"] >= FROM_ONE):
        raise TooManyMails(WINDOW)
    MailRequest.objects.create(to=to, origin=origin, at=Now())


def forget_mail_requests() -> int:
    """Delete what no longer counts; return how many mails that were."""
    return MailRequest.objects.filter(at__lte=Now() - WINDOW).delete()[0]
