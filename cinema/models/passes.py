"""Passes of tickets in the wallets of phones, and their updates."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Ticket
from cinema.models.retries import Retried

LONGEST_DEVICE = 64
LONGEST_PUSH_TOKEN = 200


class Pass(Retried):
    """A pass of a ticket in a wallet.

    ``version`` is the number of changes of the ticket (selectors.booking.tickets.changes_of) at the last check. While a
    change is to be sent to the wallet, the row is due.
    """

    version = models.PositiveIntegerField()
    due_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class PassRegistration(Pass):
    """A phone that has the pass of a ticket in Apple Wallet, and asks for its changes once it is notified of them.

    ``device`` is the secret identifier that Wallet gives the phone, and ``push_token`` the one by which Apple finds it;
    "" for a phone that Apple does not know. ``changed_at`` is when a check last found a new version.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="pass_registrations")
    device = models.CharField(max_length=LONGEST_DEVICE)
    push_token = models.CharField(max_length=LONGEST_PUSH_TOKEN, blank=True, default="", db_default="")
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("phone with a ticket")
        verbose_name_plural = _("phones with tickets")
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="pass_registration_due")]
        constraints = [models.UniqueConstraint(fields=["device", "ticket"], name="pass_registration_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class GooglePass(Pass):
    """A ticket whose link to Google Wallet was followed. Only Google knows whether it was saved there, then."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="google_pass")

    class Meta:
        verbose_name = _("ticket for Google Wallet")
        verbose_name_plural = _("tickets for Google Wallet")
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="google_pass_due")]

    def __str__(self) -> str:
        return f"{self.ticket_id}"
