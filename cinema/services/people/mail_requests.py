"""Limits on mails that anybody can request for any address: by recipient, and by client IP address."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from cinema.domain.texts import normalise_email
from cinema.exceptions import TooManyMails
from cinema.models import MailRequest
from cinema.models.annotated import MailRequestNow
from cinema.selectors.people.fingerprints import fingerprint
from cinema.services.core.locking import lock_holders

Kind = MailRequest.Kind
WINDOW = timedelta(hours=1)
TO_ONE, FROM_ONE = 3, 20  # to one recipient, from one client, within WINDOW
LISTS_OF_ONE = 10  # waiting lists that one recipient can join within WINDOW


def note_mail_request(*, kind: Kind, email: str, client_ip: str) -> None:
    """Count a mail to ``email`` that a client requests, in the caller's transaction, which posts the mail.

    Raises TooManyMails.
    """
    to, origin = fingerprint(normalise_email(email)), fingerprint(client_ip)
    to_one, from_one = _limits(kind)
    lock_holders(to.present, origin.present)
    whose = Q(to__in=to) | Q(origin__in=origin) if origin and from_one else Q(to__in=to)
    recent = MailRequest.objects.filter(whose, kind=kind, at__gt=Now() - WINDOW).annotate(now=Now()).order_by("at")
    _check([request for request in recent if request.to in to], to_one)
    _check([request for request in recent if origin and request.origin in origin], from_one, from_one_place=True)
    MailRequest.objects.create(kind=kind, to=to.present, origin=origin.present, at=Now())


def _check(requests: Sequence[MailRequestNow], most: int, *, from_one_place: bool = False) -> None:
    if most and len(requests) >= most:
        wait = requests[-most].at + WINDOW - requests[-most].now
        raise TooManyMails(len(requests), wait, from_one_place=from_one_place)


def _limits(kind: Kind) -> tuple[int, int]:
    """How many mails of a kind one recipient gets, and one client can request; 0 is any number."""
    if kind == Kind.WAITING:  # a family may wait for several shows
        return LISTS_OF_ONE, settings.HOLDS_PER_ADDRESS
    return TO_ONE, FROM_ONE


def forget_mail_requests() -> int:
    """Delete requests older than WINDOW; return how many."""
    return MailRequest.objects.filter(at__lte=Now() - WINDOW).delete()[0]
