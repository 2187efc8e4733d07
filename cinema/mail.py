"""The mails a buyer gets: HTML and text, sent after the commit. One that fails is logged and breaks nothing."""

import logging
from collections.abc import Iterable
from email.message import Message
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from cinema import qr
from cinema.calendars import ticket_calendar
from cinema.models import Ticket, TicketSeat
from cinema.selectors.tickets import refunds_of

logger = logging.getLogger(__name__)


class Mail(EmailMultiAlternatives):
    """A mail with HTML, which shows ``picture`` (a PNG) where it says ``cid:picture``."""

    picture: bytes | None = None

    def message(self) -> Message:
        """Put the HTML and its picture into one multipart/related part, where every mail program looks for it."""
        message = super().message()
        if self.picture:
            html = next(part for part in message.walk() if part.get_content_type() == "text/html")
            alternatives = next(part for part in message.walk() if part.is_multipart() and html in part.get_payload())
            image = MIMEImage(self.picture, "png")
            image.add_header("Content-ID", "<picture>")
            image.add_header("Content-Disposition", "inline", filename="ticket.png")
            alternatives.get_payload()[alternatives.get_payload().index(html)] = MIMEMultipart(
                "related", _subparts=[html, image]
            )
        return message


def send_ticket(ticket: Ticket, lines: Iterable[TicketSeat]) -> bool:
    """Mail a confirmed ticket with its QR code and calendar file; return whether it was sent.

    ``ticket`` comes with its show, movie, theatre and languages, ``lines`` with their seats and categories:
    nothing is read from the database.
    """
    try:
        mail = _compose("ticket", ticket, lines)
        mail.picture = qr.png(ticket.code)
        mail.attach(f"ticket-{ticket.reference}.ics", ticket_calendar(ticket, lines).decode(), "text/calendar")
        mail.send()
    except Exception:
        logger.exception("The mail with ticket %s could not be sent.", ticket.reference)
        return False
    return True


def send_cancellation(ticket: Ticket, lines: Iterable[TicketSeat]) -> bool:
    """Confirm a cancellation and say what is paid back (one query); return whether it was sent."""
    try:
        _compose("cancellation", ticket, lines, refunds=refunds_of(ticket)).send()
    except Exception:
        logger.exception("The mail about the cancelled ticket %s could not be sent.", ticket.reference)
        return False
    return True


def _compose(name: str, ticket: Ticket, lines: Iterable[TicketSeat], **more: Any) -> Mail:
    """Render templates/email/``name``. The subject is one line whatever a title contains."""
    context = {
        "ticket": ticket,
        "lines": lines,
        "show": ticket.show,
        "theatre": ticket.show.screen.theatre,
        "url": settings.SITE_URL + ticket.get_absolute_url(),
        "site_url": settings.SITE_URL,
    } | more
    subject = " ".join(render_to_string(f"email/{name}_subject.txt", context).split())
    mail = Mail(subject, render_to_string(f"email/{name}.txt", context), to=[ticket.email])
    mail.attach_alternative(render_to_string(f"email/{name}.html", context), "text/html")
    return mail
