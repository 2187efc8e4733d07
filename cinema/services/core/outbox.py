"""The outbox: mails are stored in the transaction that causes them, and sent later by mail.sending."""

from collections.abc import Iterable
from threading import Event
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from cinema.models import GiftCard, Order, OutgoingMail, Ticket, User, WaitingEntry

Kind = OutgoingMail.Kind
TICKETS = (Kind.TICKET, Kind.SEATS_CHANGED, Kind.EXCHANGED)  # with a QR code, valid until the show is over

posted = Event()  # a mail was committed: wakes this process's scheduler


def post(*, kind: Kind, about: Ticket | WaitingEntry | GiftCard | Order | User | str, **context: Any) -> None:
    """Store a mail to the email address of an order, waiting-list entry or account, or to a given address.

    A gift card itself goes to its recipient, other mails about it to its buyer. A ticket or gift card must be loaded
    with its order. A mail about an order, or a place on a waiting list, is in the language of the buyer, other mails in
    that of the request.
    ``context`` must be JSON values. Nothing is stored if the email address has been erased.
    """
    mail = _mail(kind, about, context)
    if mail.recipient:
        mail.save(force_insert=True)
        wake()


def post_each(*, kind: Kind, tickets: Iterable[Ticket]) -> int:
    """Store the same mail to the buyers of ``tickets``, as post() does; return how many."""
    mails = drafts(kind=kind, tickets=tickets)
    OutgoingMail.objects.bulk_create(mails, batch_size=500)
    wake()
    return len(mails)


def drafts(*, kind: Kind, tickets: Iterable[Ticket]) -> list[OutgoingMail]:
    """The same mail to the buyers of ``tickets``, for the caller to store; call wake() with them."""
    return [mail for ticket in tickets if (mail := _mail(kind, ticket, {})).recipient]


def wake() -> None:
    """Have stored mails sent as soon as the transaction is committed."""
    transaction.on_commit(posted.set)


def _mail(
    kind: Kind, about: Ticket | WaitingEntry | GiftCard | Order | User | str, context: dict[str, Any]
) -> OutgoingMail:
    mail = OutgoingMail(kind=kind, context=context, language=get_language() or settings.LANGUAGE_CODE)
    match about:
        case Ticket(order=order):
            mail.ticket, mail.recipient, mail.language = about, order.email, order.language
        case WaitingEntry():
            mail.entry, mail.recipient, mail.language = about, about.email, about.language
        case GiftCard(order_line=line):
            mail.gift_card, mail.language = about, line.order.language
            mail.recipient = about.recipient_email if kind == Kind.GIFT_CARD else line.order.email
        case Order():
            mail.recipient, mail.language = about.email, about.language
        case User():
            mail.user, mail.recipient = about, about.email
        case str():
            mail.recipient = about
    return mail
