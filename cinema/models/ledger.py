"""The seat ledger: every change of a seat's state, never altered afterwards."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Hold, Ticket
from cinema.models.shows import Show, ShowSeat


class SeatEvent(models.Model):
    """A change of one seat's state: who, what, when, and the revision of its show.

    All changes of one step share a revision; the revisions of a show have no gaps. Moving a seat within the hall
    changes nothing here: it keeps its hold or ticket. A new price for all free seats is recorded at one of them.
    """

    class Action(models.TextChoices):
        HOLD = "HOLD", _("held")
        RELEASE = "RELEASE", _("released")
        EXPIRE = "EXPIRE", _("hold expired")
        BOOK = "BOOK", _("sold")
        CANCEL = "CANCEL", _("ticket cancelled")
        MOVE_OUT = "MOVE_OUT", _("moved to another seat")
        MOVE_IN = "MOVE_IN", _("moved from another seat")
        BLOCK = "BLOCK", _("blocked")
        UNBLOCK = "UNBLOCK", _("unblocked")
        ADD = "ADD", _("added to the hall")
        REMOVE = "REMOVE", _("removed from the hall")
        REPRICE = "REPRICE", _("price changed")
        PLACE = "PLACE", _("moved or renamed in the hall")

    class Actor(models.TextChoices):
        BUYER = "BUYER", _("buyer")
        CLOCK = "CLOCK", _("automatic")
        GATEWAY = "GATEWAY", _("payment provider")
        STAFF = "STAFF", _("staff")

    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="seat_events", db_index=False)
    revision = models.PositiveIntegerField()
    show_seat = models.ForeignKey(ShowSeat, on_delete=models.PROTECT, related_name="events", db_index=False)
    action = models.CharField(max_length=10, choices=Action)
    from_status = models.CharField(max_length=10, choices=ShowSeat.Status)
    to_status = models.CharField(max_length=10, choices=ShowSeat.Status)
    actor = models.CharField(max_length=10, choices=Actor)
    user = models.ForeignKey(  # no constraint: ledger rows stay unchanged if the account is deleted
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events", null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("seat event")
        verbose_name_plural = _("seat events")
        # The ledger of one seat; without it, deleting a seat would read the whole ledger.
        indexes = [models.Index(fields=["show_seat"], name="seat_event_by_show_seat")]
        constraints = [
            models.UniqueConstraint(fields=["show", "revision", "show_seat"], name="seat_event_once_per_revision")
        ]

    def __str__(self) -> str:
        return f"{self.show_id}/{self.revision}: {self.show_seat_id} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("The seat ledger is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("The seat ledger is append-only.")
