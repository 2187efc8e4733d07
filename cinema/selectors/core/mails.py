"""Undelivered and delayed mails."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from cinema.models import OutgoingMail, Theatre, Ticket

TOO_LONG = timedelta(minutes=10)
SHOWN_FOR = timedelta(days=3)  # or until the show is over
AT_MOST = 10


class Delayed(NamedTuple):
    """The number of mails that wait to be sent, and the time of the oldest."""

    number: int
    since: datetime


def undelivered_mail(order: Ticket) -> OutgoingMail | None:
    """The last mail about the order that could not be delivered, unless a later mail reached the same address."""
    return _undelivered().filter(ticket=order).order_by("-failed_at").first()


def undelivered_mails(theatre: Theatre) -> list[OutgoingMail]:
    """The last undelivered mail of each order of the theatre, with its ticket, the latest first.

    Left out SHOWN_FOR after it failed, once the show is over.
    """
    matters = Q(ticket__show__ends_at__gt=Now()) | Q(failed_at__gt=Now() - SHOWN_FOR)
    # Few mails fail at all. With the theatre in the query, the database would scan all its tickets instead.
    mails = _undelivered().filter(matters, ticket__isnull=False).select_related("ticket__show__screen")
    last = {mail.ticket: mail for mail in mails.order_by("failed_at")}
    here = [mail for ticket, mail in last.items() if ticket and ticket.show.screen.theatre_id == theatre.pk]
    return here[-AT_MOST:][::-1]


def delayed_mails(theatre: Theatre) -> Delayed | None:
    """The theatre's mails that have waited for more than TOO_LONG; None if there are none."""
    waiting = OutgoingMail.objects.waiting().filter(created_at__lt=Now() - TOO_LONG)
    late = waiting.annotate(theatre=F("ticket__show__screen__theatre"), waits_at=F("entry__show__screen__theatre"))
    moments = [
        at
        for at, *theatres in late.values_list("created_at", "theatre", "waits_at").order_by("created_at")
        if theatre.pk in theatres
    ]
    return Delayed(len(moments), moments[0]) if moments else None


def _undelivered() -> QuerySet[OutgoingMail]:
    reached = OutgoingMail.objects.filter(
        ticket=OuterRef("ticket"), recipient=OuterRef("recipient"), sent_at__gt=OuterRef("failed_at")
    )
    return OutgoingMail.objects.filter(~Exists(reached), failed_at__isnull=False)
