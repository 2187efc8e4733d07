"""Seats that are not for sale for a while."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from cinema.models.shows import Show
from cinema.models.theatres import Screen, Seat


class SeatBlock(models.Model):
    """Seats of a screen taken off sale from one trading day until another, inclusive; without an end until lifted.

    House seats come back on sale ``release_minutes`` before each show, if that is given.
    """

    class Kind(models.TextChoices):
        BROKEN = "BROKEN", _("broken")
        HOUSE = "HOUSE", _("house seats")

    screen = models.ForeignKey(Screen, on_delete=models.PROTECT, related_name="blocks")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    seats = models.ManyToManyField(Seat, related_name="blocks", verbose_name=_("seats"))
    from_day = models.DateField(_("from"))
    until_day = models.DateField(_("until"), null=True, blank=True)
    release_minutes = models.PositiveIntegerField(
        _("released"), null=True, blank=True, help_text=_("Minutes before the show.")
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True)
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("seat block")
        verbose_name_plural = _("seat blocks")
        ordering = ["from_day", "pk"]
        indexes = [models.Index(fields=["screen"], condition=models.Q(lifted_at=None), name="block_standing")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_day=None) | models.Q(until_day__gte=models.F("from_day")),
                name="block_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.screen} · {self.get_kind_display()} {self.from_day}"

    def covers(self, day: date) -> bool:
        """Whether the block applies to shows of that trading day."""
        return self.lifted_at is None and self.from_day <= day and (self.until_day is None or day <= self.until_day)


class HouseSeatRelease(models.Model):
    """The release of a block's house seats at one show by staff; it is permanent."""

    block = models.ForeignKey(SeatBlock, on_delete=models.CASCADE, related_name="releases", db_index=False)
    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="house_seat_releases")
    released_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("house seat release")
        verbose_name_plural = _("house seat releases")
        constraints = [models.UniqueConstraint(fields=["block", "show"], name="house_seats_released_once")]

    def __str__(self) -> str:
        return f"{self.block} · {self.show}"
