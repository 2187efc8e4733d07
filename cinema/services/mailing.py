"""Mails about tickets: sent after the commit, and again later when they could not be sent."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models.functions import Now

from cinema import mail
from cinema.models import Ticket, TicketSeat
from cinema.services.transactions import try_each

# What a mail says of the show, loaded with it.
FOR_MAIL = ("movie", "screen__theatre", "language", "subtitles")


def mail_ticket(*, ticket: Ticket, lines: Sequence[TicketSeat]) -> bool:
    """Send the ticket and note when; return whether it could be sent."""
    sent = mail.send_ticket(ticket, lines)
    if sent:
        Ticket.objects.filter(pk=ticket.pk).update(emailed_at=Now())
    return sent


def mail_cancellation(*, ticket: Ticket, lines: Sequence[TicketSeat]) -> bool:
    """Confirm a cancellation by mail; return whether it could be sent."""
    return mail.send_cancellation(ticket, lines)


def mail_unsent_tickets(*, older_than: timedelta) -> int:
    """Try again every ticket confirmed before ``older_than`` whose mail was not sent; return how many are sent now."""
    # A ticket confirmed a moment ago has its mail on the way.
    unsent = (
        Ticket.objects.filter(status=Ticket.Status.CONFIRMED, emailed_at=None, show__starts_at__gt=Now())
        .filter(confirmed_at__lt=Now() - older_than)
        .select_related(*(f"show__{related}" for related in FOR_MAIL))
        .order_by("pk")
    )
    return try_each(
        lambda ticket: mail_ticket(ticket=ticket, lines=list(ticket.seats.select_related("show_seat__seat__category"))),
        unsent,
    )
