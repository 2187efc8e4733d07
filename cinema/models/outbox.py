"""The outbox: mails to be sent, and sent ones for some weeks."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Ticket
from cinema.models.gift_cards import GiftCard
from cinema.models.retries import Retried
from cinema.models.waiting import WaitingEntry


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def waiting(self) -> "OutgoingMailQuerySet":
        """Filter the mails that are neither sent nor given up."""
        return self.filter(due_at__isnull=False)


class OutgoingMail(Retried):
    """A mail to one recipient, written in the transaction that causes it and sent by background jobs only.

    Its text is composed when it is sent, from its subject (a ticket, a waiting list entry, a gift card, an account or
    none) and from ``context``: keys and plain values, never a link or token. ``due_at`` is None once it is sent or has
    failed for good. ``error`` is the SMTP code of the last attempt, or a word for another failure; never the relay's
    reply, which may contain the recipient.
    """

    class Kind(models.TextChoices):
        """The kind of a mail; in lower case the name of its templates in templates/email/."""

        TICKET = "TICKET", _("ticket")
        SEATS_CHANGED = "SEATS_CHANGED", _("ticket with other seats")
        EXCHANGED = "EXCHANGED", _("ticket for another show")
        CANCELLATION = "CANCELLATION", _("cancellation")
        REFUND_PART = "REFUND_PART", _("refund")
        REFUND_LATE = "REFUND_LATE", _("refund of a late payment")
        REMINDER = "REMINDER", _("reminder")
        SHOW_CANCELLED_OFFER = "SHOW_CANCELLED_OFFER", _("show cancelled, with a choice")
        GIFT_CARD = "GIFT_CARD", _("gift card")
        GIFT_CARD_BOUGHT = "GIFT_CARD_BOUGHT", _("gift card bought")
        GIFT_CARD_REFUND = "GIFT_CARD_REFUND", _("refund of a second payment for a gift card")
        GIFT_CARD_RETURN = "GIFT_CARD_RETURN", _("refund of an unspent gift card")
        RECEIPT = "RECEIPT", _("receipt")
        OWNER_LINK = "OWNER_LINK", _("link to change a ticket")
        WAITING_JOINED = "WAITING_JOINED", _("waiting list")
        WAITING_OFFER = "WAITING_OFFER", _("offer to the waiting list")
        FILM_ALERT = "FILM_ALERT", _("link to hear of a film")
        FILM_ON_SALE = "FILM_ON_SALE", _("film on sale")
        SIGN_UP = "SIGN_UP", _("link to sign up")
        HAS_ACCOUNT = "HAS_ACCOUNT", _("account exists")
        NO_ACCOUNT = "NO_ACCOUNT", _("no account")
        EMAIL_CHANGE = "EMAIL_CHANGE", _("link to a new email address")
        EMAIL_TAKEN = "EMAIL_TAKEN", _("email address has an account")
        EMAIL_CHANGED = "EMAIL_CHANGED", _("email address changed")
        ACCOUNT_UNUSED = "ACCOUNT_UNUSED", _("account will be deleted")
        INVITATION = "INVITATION", _("invitation")
        PASSWORD_RESET = "PASSWORD_RESET", _("link to a new password")
        NEW_PASSWORD = "NEW_PASSWORD", _("password changed")
        NEW_TOKEN = "NEW_TOKEN", _("API token created")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    recipient = models.EmailField(_("recipient"), blank=True)
    language = models.CharField(_("language"), max_length=10)
    context = models.JSONField(default=dict, blank=True)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="mails", null=True, blank=True)
    entry = models.ForeignKey(WaitingEntry, on_delete=models.CASCADE, related_name="mails", null=True, blank=True)
    gift_card = models.ForeignKey(GiftCard, on_delete=models.CASCADE, related_name="mails", null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mails", null=True, blank=True
    )
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(_("error"), max_length=20, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("email")
        verbose_name_plural = _("emails")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="mail_due"),
            models.Index(fields=["failing_since"], condition=Q(failing_since__isnull=False), name="mail_failing"),
            models.Index(fields=["failed_at"], condition=Q(failed_at__isnull=False), name="mail_failed"),
            models.Index(fields=["created_at"], name="mail_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at__isnull=False, sent_at=None, failed_at=None)
                | Q(due_at=None, sent_at__isnull=False, failed_at=None)
                | Q(due_at=None, sent_at=None, failed_at__isnull=False),
                name="mail_waits_or_is_sent_or_failed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def why_failed(self) -> str:
        """Why the mail was given up, as text; "" for other mails."""
        if self.failed_at is None:
            return ""
        if self.error.isdigit():
            return gettext("The mail server refused it (%(code)s).") % {"code": self.error}
        return gettext("It could not be sent in time.")
