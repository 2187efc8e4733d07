"""The waiting list of a sold-out show."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cinema.models.bookings import Hold
from cinema.models.codes import CodeField
from cinema.models.orders import language
from cinema.models.shows import Show


class WaitingEntry(models.Model):
    """A party's place on the waiting list of a show; the lower key comes first. ``email`` is erased after the show.

    ``language`` is that of the page on which they joined, in which they are mailed.
    Once seats are free, ``hold`` keeps them for it. ``code`` is in the URL of its page, which only its mails contain.
    ``origin`` is the fingerprint of the client IP, as in Hold.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", _("waiting")
        OFFERED = "OFFERED", _("seats are offered")
        TAKEN = "TAKEN", _("booked")
        LEFT = "LEFT", _("left the list")
        OVER = "OVER", _("over")

    code = CodeField()
    show = models.ForeignKey(Show, on_delete=models.PROTECT, related_name="waiting", db_index=False)
    email = models.EmailField(_("email address"))
    language = models.CharField(_("language"), max_length=10, default=language)
    party = models.PositiveSmallIntegerField(_("seats wanted"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    origin = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="waiting", null=True, blank=True)
    created_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("waiting list entry")
        verbose_name_plural = _("waiting list entries")
        indexes = [
            models.Index(fields=["show", "origin"], name="waiting_by_show_and_origin"),
            models.Index(fields=["show", "party"], condition=Q(status="WAITING"), name="waiting_by_show_and_party"),
            models.Index(fields=["email"], condition=~Q(email=""), name="waiting_by_email"),
        ]
        constraints = [
            models.UniqueConstraint(
                "show", Lower("email"), condition=Q(status="WAITING"), name="waiting_once_per_show_and_address"
            ),
            models.CheckConstraint(condition=Q(party__gte=1), name="waiting_party_not_empty"),
            models.CheckConstraint(
                condition=~Q(status__in=["OFFERED", "TAKEN"]) | Q(hold__isnull=False), name="waiting_offer_has_a_hold"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.party}"

    def get_absolute_url(self) -> str:
        return reverse("waiting", args=[self.code])

    def offers_at(self, now: datetime) -> bool:
        """Whether seats are kept for the party at ``now``, by the database's clock. Reads ``hold``."""
        return self.status == self.Status.OFFERED and self.hold is not None and self.hold.is_active_at(now)
