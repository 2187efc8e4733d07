"""Writing down mails, in the transaction that causes them. Nothing here sends: see mail.sending."""

from collections.abc import Iterable
from threading import Event
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from cinema.models import OutgoingMail, Ticket, User, WaitingEntry

Kind = OutgoingMail.Kind
TICKETS = (Kind.TICKET, Kind.SEATS_CHANGED, Kind.EXCHANGED)  # with a QR code, good until the show is over

posted = Event()  # a mail was committed in this process: its housekeeping need not wait for the next look


def post(*, kind: Kind, about: Ticket | WaitingEntry | User | str, **context: Any) -> None:
    """Write down a mail to whoever has the ticket, the place on a waiting list, the account or the bare address.

    ``context`` is keys and plain values. Without an address, which may have been erased, nothing is posted.
    """
    mail = _mail(kind, about, context)
    if mail.recipient:
        mail.save(force_insert=True)
        transaction.on_commit(posted.set)


def post_each(*, kind: Kind, tickets: Iterable[Ticket]) -> int:
    """Write down the same mail to the buyers of ``tickets``, as post() does; return how many."""
    mails = [mail for ticket in tickets if (mail := _mail(kind, ticket, {})).recipient]
    OutgoingMail.objects.bulk_create(mails, batch_size=500)
    transaction.on_commit(posted.set)
    return len(mails)


def _mail(kind: Kind, about: Ticket | WaitingEntry | User | str, context: dict[str, Any]) -> OutgoingMail:
    mail = OutgoingMail(kind=kind, context=context, language=get_language() or settings.LANGUAGE_CODE)
    match about:
        case Ticket():
            mail.ticket = about
        case WaitingEntry():
            mail.entry = about
        case User():
            mail.user = about
    mail.recipient = about if isinstance(about, str) else about.email
    return mail
