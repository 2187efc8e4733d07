"""The mails people get: HTML and text, sent after the commit. One that fails is logged and breaks nothing."""

import logging
from collections.abc import Iterable, Sequence
from decimal import Decimal
from email.message import Message
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from cinema import qr
from cinema.calendars import ticket_calendar
from cinema.models import Show, ShowCancellation, ShowSeat, Theatre, Ticket, TicketSeat, User, WaitingEntry
from cinema.selectors.tickets import refunds_of
from cinema.sign_up_links import SignUp, make_token

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


def send_ticket(ticket: Ticket, lines: Iterable[TicketSeat], *, moved: bool = False, exchanged: bool = False) -> bool:
    """Mail a confirmed ticket with its QR code and calendar file; return whether it was sent.

    ``moved`` says that its seats have changed since an earlier mail, ``exchanged`` that its show has.

    ``ticket`` comes with its show, movie, theatre and languages, ``lines`` with their seats and categories:
    nothing is read from the database.
    """
    try:
        mail = _compose_about(ticket, "exchanged" if exchanged else "ticket", lines=lines, moved=moved)
        mail.picture = qr.png(ticket.code)
        mail.attach(f"ticket-{ticket.reference}.ics", ticket_calendar(ticket, lines).decode(), "text/calendar")
        mail.send()
    except Exception:
        logger.exception("The mail with ticket %s could not be sent.", ticket.reference)
        return False
    return True


def send_cancellation(ticket: Ticket, lines: Iterable[TicketSeat], *, reason: str = "") -> bool:
    """Confirm a cancellation and say what is paid back (one query); return whether it was sent.

    ``reason`` is why its show was called off, if it was.
    """
    name = "show_cancelled" if ticket.show.status == Show.Status.CANCELLED else "cancellation"
    return _send_about(ticket, name, lines=lines, refunds=refunds_of(ticket), reason=reason)


def send_part_refund(ticket: Ticket, lines: Iterable[TicketSeat], amount: Decimal) -> bool:
    """Say that ``amount`` goes back, and which seats the ticket still has; return whether it was sent."""
    total = sum(line.worth for line in lines)
    return _send_about(ticket, "refund_part", lines=lines, amount=amount, total=total)


def send_offer(ticket: Ticket, lines: Iterable[TicketSeat], cancellation: ShowCancellation) -> bool:
    """Say that the show is called off, and offer another or the money back; return whether it was sent."""
    choose = settings.SITE_URL + ticket.exchange_path
    return _send_about(ticket, "show_cancelled_offer", lines=lines, cancellation=cancellation, choose=choose)


def _send_about(ticket: Ticket, name: str, **more: Any) -> bool:
    try:
        _compose_about(ticket, name, **more).send()
    except Exception:
        logger.exception("The mail %s about ticket %s could not be sent.", name, ticket.reference)
        return False
    return True


def send_waiting(entry: WaitingEntry, seats: Sequence[ShowSeat]) -> bool:
    """Confirm a place on a waiting list, or offer it ``seats``; return whether it was sent.

    ``entry`` comes with its hold and, like a ticket, with its show; ``seats`` with their categories.
    """
    offered = entry.status == WaitingEntry.Status.OFFERED
    try:
        lines = [TicketSeat(show_seat=seat, price=seat.price) for seat in seats]
        name, total = "waiting_offer" if offered else "waiting_joined", sum(seat.price for seat in seats)
        _compose(name, entry.email, entry.show, entry.get_absolute_url(), entry=entry, lines=lines, total=total).send()
    except Exception:
        logger.exception("The mail about place %s on a waiting list could not be sent.", entry.pk)
        return False
    return True


def send_invitation(user: User, theatre: Theatre, *, by: str) -> bool:
    """Send somebody without a password the link with which they choose one, to work at ``theatre``; return whether it
    was sent. The link works once, and for three days."""
    return _send_to("invitation", user.email, **_password_link(user), theatre=theatre, by=by)


def send_password_reset(user: User) -> bool:
    """Send the link with which to choose a new password, once and for three days; return whether it was sent."""
    return _send_to("password_reset", user.email, **_password_link(user))


def send_no_account(email: str) -> bool:
    """Tell who asked for a new password that they have no account; return whether it was sent."""
    return _send_to("no_account", email)


def send_sign_up(wish: SignUp) -> bool:
    """Send the link with which to finish signing up; return whether it was sent. It works for three days.

    Nothing in it was chosen by who asked: that need not be who reads it.
    """
    return _send_to("sign_up", wish.email, token=make_token(wish))


def send_has_account(email: str) -> bool:
    """Tell who wants to sign up that they have an account already; return whether it was sent."""
    return _send_to("has_account", email)


def _password_link(user: User) -> dict[str, Any]:
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return {"user": user, "uid": uid, "token": default_token_generator.make_token(user)}


def _send_to(name: str, email: str, **context: Any) -> bool:
    try:
        _render(name, email, {"site_url": settings.SITE_URL, "email": email} | context).send()
    except Exception:
        logger.exception("The mail %s about an account could not be sent.", name)
        return False
    return True


def send_new_password(user: User) -> bool:
    """Tell somebody that their password is new, in case it was not they who chose it; return whether it was sent."""
    try:
        _render("new_password", user.email, {"user": user, "site_url": settings.SITE_URL}).send()
    except Exception:
        logger.exception("The mail about the new password of account %s could not be sent.", user.pk)
        return False
    return True


def _compose_about(ticket: Ticket, name: str, **more: Any) -> Mail:
    more = {"ticket": ticket, "total": sum(line.worth for line in more["lines"])} | more
    return _compose(name, ticket.email, ticket.show, ticket.get_absolute_url(), **more)


def _compose(name: str, to: str, show: Show, path: str, **more: Any) -> Mail:
    """Compose a mail about a show."""
    context = {
        "show": show,
        "theatre": show.screen.theatre,
        "url": settings.SITE_URL + path,
        "site_url": settings.SITE_URL,
    } | more
    return _render(name, to, context)


def _render(name: str, to: str, context: dict[str, Any]) -> Mail:
    """Render templates/email/``name``. The subject is one line whatever a title contains."""
    subject = " ".join(render_to_string(f"email/{name}_subject.txt", context).split())
    mail = Mail(subject, render_to_string(f"email/{name}.txt", context), to=[to])
    mail.attach_alternative(render_to_string(f"email/{name}.html", context), "text/html")
    return mail
