"""Private hires: screens taken for closed events."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cinema.models.theatres import Screen

LONGEST_HIRE_NOTE = 1000


class PrivateHire(models.Model):
    """A screen hired for a closed event, which no public page shows.

    ``starts_at`` and ``ends_at`` are when the screen is taken, preparation and cleaning included. ``trading_day`` is
    that of a show which begins then. ``version`` counts its changes, to detect conflicting edits.
    """

    ERASED = "—"  # in place of the contact

    screen = models.ForeignKey(
        Screen, on_delete=models.PROTECT, related_name="private_hires", db_index=False, verbose_name=_("screen")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    trading_day = models.DateField(_("trading day"))
    occasion = models.CharField(_("occasion"), max_length=120)
    contact = models.CharField(_("contact"), max_length=150)
    email = models.EmailField(_("email"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    price = models.DecimalField(
        _("price"), max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    note = models.TextField(_("note"), max_length=LONGEST_HIRE_NOTE, blank=True, default="")
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("private hire")
        verbose_name_plural = _("private hires")
        ordering = ["starts_at"]
        indexes = [
            models.Index(fields=["screen", "ends_at"], name="hire_by_screen_and_end"),
            models.Index(fields=["screen", "trading_day"], name="hire_by_screen_and_day"),
            models.Index(fields=["ends_at"], condition=~Q(contact="—"), name="hire_with_contact_by_end"),
        ]
        constraints = [
            # Triggers of its migration forbid two hires, or a hire and a show, on one screen at one time.
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="hire_ends_after_start"),
            models.CheckConstraint(condition=Q(price__gte=0), name="hire_price_not_negative"),
        ]

    def __str__(self) -> str:
        """Its screen and time. The audit trail keeps it, so it has no personal data."""
        return f"{self.screen} {self.starts_at:%Y-%m-%d %H:%M}"
