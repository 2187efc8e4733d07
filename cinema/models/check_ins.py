"""Scans of tickets at the door."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cinema.models.theatres import Theatre

if TYPE_CHECKING:
    from cinema.models.bookings import TicketSeat

LONGEST_DEVICE = 40


class CheckIn(models.Model):
    """A scan at the door, or what staff did instead of one; refused ones, too.

    The table is append-only: the database rejects updates and deletions. What was admitted is not read from here but
    from ``TicketSeat.inside`` and ``TicketSeat.check_in``. ``key`` makes a repeated scan the same scan. ``ticket`` is
    None if no ticket has that code, ``show`` the show it was for then. ``seats`` are the keys of the ticket seats that
    it concerned. ``earlier`` is the scan that admitted them before, or the one that this undoes. A ``reason`` is given
    by a supervisor who decides by hand.

    ``scanned_at`` is the time of the scan by the device's clock, corrected by how wrong the clock was when it was
    sent; ``received_at`` the time by the database's clock. They differ for a scan that was made ``offline``.
    """

    class Direction(models.TextChoices):
        IN = "IN", _("entry")
        OUT = "OUT", _("exit")

    class Outcome(models.TextChoices):
        ADMITTED = "ADMITTED", _("admitted")
        LEFT = "LEFT", _("left")
        UNDONE = "UNDONE", _("undone")
        CONFLICT = "CONFLICT", _("admitted although it should not have been")
        WRONG_SHOW = "WRONG_SHOW", _("another show")
        TOO_EARLY = "TOO_EARLY", _("too early")
        NOT_INSIDE = "NOT_INSIDE", _("not inside")
        OVER = "OVER", _("show over")
        ALREADY = "ALREADY", _("admitted before")
        CANCELLED = "CANCELLED", _("ticket cancelled")
        REFUNDED = "REFUNDED", _("ticket refunded")
        SHOW_CANCELLED = "SHOW_CANCELLED", _("show cancelled")
        NOT_PAID = "NOT_PAID", _("not paid")
        UNKNOWN = "UNKNOWN", _("unknown code")
        UNREADABLE = "UNREADABLE", _("no code of a ticket")

    theatre = models.ForeignKey(Theatre, on_delete=models.PROTECT, related_name="check_ins", db_index=False)
    key = models.CharField(max_length=64)
    ticket = models.ForeignKey(
        "cinema.Ticket", on_delete=models.PROTECT, related_name="check_ins", null=True, blank=True
    )
    show = models.ForeignKey(
        "cinema.Show", on_delete=models.PROTECT, related_name="check_ins", null=True, blank=True, db_index=False
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.IN)
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome)
    seats = models.JSONField(default=list, blank=True)
    earlier = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="later", null=True, blank=True, db_index=False
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        null=True,
        blank=True,
    )
    device = models.CharField(_("door"), max_length=LONGEST_DEVICE, blank=True)
    scanned_at = models.DateTimeField()
    received_at = models.DateTimeField()
    offline = models.BooleanField(default=False)

    lines: "Sequence[TicketSeat]"  # the seats of its ticket, set only by the services that write it

    class Meta:
        verbose_name = _("check-in")
        verbose_name_plural = _("check-ins")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["theatre", "key"], name="check_in_once_per_key"),
            models.CheckConstraint(
                condition=Q(ticket__isnull=False) | Q(outcome__in=["UNKNOWN", "UNREADABLE"]),
                name="check_in_of_a_ticket",
            ),
        ]
        indexes = [
            models.Index(fields=["theatre", "received_at"], name="check_in_by_time"),
            models.Index(
                fields=["theatre", "received_at"], condition=Q(outcome="CONFLICT"), name="check_in_in_conflict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.device}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("Check-ins are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("Check-ins are append-only.")


class SettledConflict(models.Model):
    """A conflict that a manager has looked into, by whom and when; ``check_in`` should not have admitted anybody."""

    check_in = models.OneToOneField(CheckIn, on_delete=models.PROTECT, related_name="settled")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        null=True,
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("settled conflict")
        verbose_name_plural = _("settled conflicts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(self.check_in)
