"""Phones that have tickets in Apple Wallet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Ticket

LONGEST_DEVICE = 64


class PassRegistration(models.Model):
    """A phone that has the pass of a ticket, and asks for its changes.

    ``device`` is the secret identifier that Wallet gives the phone. ``version`` is the number of changes of the ticket
    (selectors.booking.tickets.changes_of) at the last check, and ``changed_at`` when a check last found a new one.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="pass_registrations")
    device = models.CharField(max_length=LONGEST_DEVICE)
    version = models.PositiveIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("phone with a ticket")
        verbose_name_plural = _("phones with tickets")
        constraints = [models.UniqueConstraint(fields=["device", "ticket"], name="pass_registration_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}"
