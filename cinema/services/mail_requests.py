"""Mails that anybody can have sent to any address: not too many to one, nor from one place."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Now

from cinema.exceptions import TooManyMails
from cinema.marks import mark
from cinema.models import MailRequest
from cinema.services.locking import lock_holders
from cinema.services.transactions import atomically

Kind = MailRequest.Kind
WINDOW = timedelta(hours=1)
TO_ONE, FROM_ONE = 3, 20  # within the window
LISTS_OF_ONE = 10


@atomically
def note_mail_request(*, kind: Kind, email: str, address: str) -> None:
    """Count a mail to ``email``, account or not, that somebody at a network ``address`` asks for.

    Raises TooManyMails.
    """
    to, origin = mark(email.lower()), mark(address)
    to_one, from_one = _limits(kind)
    lock_holders(to, origin)
    recent = MailRequest.objects.filter(Q(to=to) | Q(origin=origin), kind=kind, at__gt=Now() - WINDOW)
    count = recent.aggregate(to=Count("pk", filter=Q(to=to)), origin=Count("pk", filter=Q(origin=origin)))
    if count["to"] >= to_one or (origin and from_one and count["origin"] >= from_one):
        raise TooManyMails(WINDOW)
    MailRequest.objects.create(kind=kind, to=to, origin=origin, at=Now())


def _limits(kind: Kind) -> tuple[int, int]:
    """How many mails of a kind go to one address, and are asked for from one place; 0 is any number."""
    if kind == Kind.WAITING:  # a family waits for several shows
        return LISTS_OF_ONE, settings.HOLDS_PER_ADDRESS
    return TO_ONE, FROM_ONE


def forget_mail_requests() -> int:
    """Delete what no longer counts; return how many mails that were."""
    return MailRequest.objects.filter(at__lte=Now() - WINDOW).delete()[0]
