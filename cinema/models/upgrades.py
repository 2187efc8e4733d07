"""Upgrades: exchanges of tickets for dearer seats, whose buyers pay the difference."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Hold, Ticket
from cinema.models.payments import Payment


class SeatUpgrade(models.Model):
    """The exchange of a ticket for dearer seats. ``payment`` is for the difference.

    ``seat_ids`` are all seats (keys of ShowSeat at the show of the ``hold``) that the ticket will have; until it is
    paid, the hold keeps the new ones. ``changes`` is how often seats of the ticket had changed when it was begun: if
    they change again before the payment arrives, that is refunded. ``offer_version`` is that of the show then: if it
    differs once the hold has ended, the payment is refunded, too. ``done_at`` is when the seats were exchanged, None
    until then.
    """

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="upgrade")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="upgrades")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="upgrades", db_index=False)
    seat_ids = models.JSONField(editable=False)
    changes = models.PositiveIntegerField(editable=False)
    offer_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("upgrade")
        verbose_name_plural = _("upgrades")

    def __str__(self) -> str:
        return str(self.payment)
