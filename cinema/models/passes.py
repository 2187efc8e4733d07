"""Phones that have tickets in Apple Wallet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Ticket

LONGEST_DEVICE = 64


class PassRegistration(models.Model):
    """A phone that has the pass of a ticket, and asks for its changes.

    ``device`` is Wallet's secret name for it, one in each kind of passes. ``version`` is the number of changes of the
    ticket (selectors.booking.tickets.changes_of) when it was last looked at, and ``changed_at`` when it was found
    changed.
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
