"""Delivery of the mails in the outbox, each by itself, with retries. Only background jobs call it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import override

from cinema.exceptions import MailNotTaken
from cinema.mail import compose as mail
from cinema.models import OutgoingMail
from cinema.models.annotated import OutgoingMailNow
from cinema.services.core.outbox import TICKETS, Kind
from cinema.services.core.retries import Backoff, attempt_due
from cinema.services.core.transactions import PATIENCE

logger = logging.getLogger(__name__)

# The first pause exceeds the longest send: connecting and the replies to MAIL, RCPT, DATA and the message.
BACKOFF = Backoff(first=5 * timedelta(seconds=settings.EMAIL_TIMEOUT), factor=2, longest=timedelta(minutes=30))
GIVE_UP_AFTER = timedelta(days=3)
LATE = "late"


def send_mails(*, patience: float = PATIENCE) -> int:
    """Send due mails, longest due first, for at most ``patience`` seconds; return the number sent.

    Safe to call at any time and concurrently: only the process that claims a mail sends it. After a crash between
    sending and recording, it is sent again (at least once). While the relay is away no attempt is counted.
    """
    waiting = OutgoingMail.objects.waiting()
    if not waiting.filter(due_at__lte=Now()).exists():
        return 0
    with _relay() as relay:
        if relay is None:
            return 0
        return attempt_due(rows=waiting, attempt=partial(_send, relay), backoff=BACKOFF, patience=patience)


def forget_mails() -> int:
    """Delete mails older than KEEP_MAILS_DAYS that were sent or given up; return their number.

    Until then the history of an order shows them.
    """
    end = Now() - timedelta(days=settings.KEEP_MAILS_DAYS)
    return OutgoingMail.objects.filter(due_at=None, created_at__lt=end).delete()[0]


@contextmanager
def _relay() -> Iterator[BaseEmailBackend | None]:
    """Open one connection for all mails of a run; yield None if the relay is away."""
    relay = get_connection()
    try:
        relay.open()
    except OSError as error:  # an SMTPException is one
        logger.warning("The mail relay is away (%s); all mails wait.", type(error).__name__)
        yield None
        return
    try:
        yield relay
    finally:
        _hang_up(relay)


def _hang_up(relay: BaseEmailBackend) -> None:
    with suppress(OSError):  # it may be gone
        relay.close()


def _send(relay: BaseEmailBackend, key: int) -> bool:
    """Send a claimed mail and record the outcome; return whether it was sent. Raises MailNotTaken to retry later."""
    related = (
        "ticket__show",
        "entry__hold",
        "entry__show",
        "user",
        "gift_card__theatre",
        "gift_card__order_line__order",
    )
    mails: QuerySet[OutgoingMail] = OutgoingMail.objects.filter(pk=key)
    outgoing = mails.select_related(*related).annotate(now=Now()).get()
    try:
        with override(outgoing.language):
            message = mail.compose(outgoing)
        if message is None:
            outgoing.delete()
            return False
        if outgoing.now >= _end(outgoing):
            _fail(outgoing, outgoing.error or LATE)
            return False
        relay.open()  # again, after a failed mail closed it
        relay.send_messages([message])
    except Exception as error:
        _hang_up(relay)
        if _note_failure(outgoing, error):
            return False
        if isinstance(error, OSError):
            raise MailNotTaken from None  # the relay's reply may contain the recipient
        raise
    _finish(outgoing, sent_at=Now(), error="", context={})
    return True


def _end(outgoing: OutgoingMail) -> datetime:
    """The end of retries: for a ticket the end of its show, for a reminder its start; for other mails GIVE_UP_AFTER, or
    the end of their show if it is later."""
    if outgoing.ticket and outgoing.kind == Kind.REMINDER:
        return outgoing.ticket.show.starts_at
    if outgoing.ticket and outgoing.kind in TICKETS:
        return outgoing.ticket.show.ends_at
    end = outgoing.created_at + GIVE_UP_AFTER
    return max(end, outgoing.ticket.show.ends_at) if outgoing.ticket else end


def _note_failure(outgoing: OutgoingMailNow, error: Exception) -> bool:
    """Record why sending failed; return whether the mail is given up."""
    word = _smtp_code(error) or type(error).__name__[:20]
    refused = isinstance(error, SMTPRecipientsRefused | SMTPDataError) and word.startswith("5")
    if refused or outgoing.now >= _end(outgoing):
        _fail(outgoing, word)
        return True
    OutgoingMail.objects.waiting().filter(pk=outgoing.pk).update(error=word)
    return False


def _fail(outgoing: OutgoingMail, word: str) -> None:
    logger.warning("Mail %s (%s) is given up: %s.", outgoing.pk, outgoing.kind, word)
    _finish(outgoing, failed_at=Now(), error=word)


def _finish(outgoing: OutgoingMail, **values: object) -> None:
    """Record the outcome and erase recipient and context, except for mails of orders, which staff may send again."""
    if outgoing.ticket_id is None:
        values |= {"recipient": "", "context": {}}
    OutgoingMail.objects.waiting().filter(pk=outgoing.pk).update(due_at=None, **values)


def _smtp_code(error: Exception) -> str:
    """The relay's reply code, such as “550”; "" if there was none."""
    if isinstance(error, SMTPRecipientsRefused):
        return str(next(iter(error.recipients.values()))[0])
    return str(error.smtp_code) if isinstance(error, SMTPResponseException) else ""
