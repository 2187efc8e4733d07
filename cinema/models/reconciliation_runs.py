"""The last comparison with each provider."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReconciliationRun(models.Model):
    """What the last comparison with a provider found; see services.money.reconciliation.

    Payment incidents seen since ``started_at`` are those that it found.
    """

    gateway = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    compared = models.PositiveIntegerField()
    booked = models.PositiveIntegerField()
    foreign = models.PositiveIntegerField()
    fees = models.PositiveIntegerField()
    payouts = models.PositiveIntegerField()
    differences = models.PositiveIntegerField()
    is_complete = models.BooleanField()

    class Meta:
        verbose_name = _("comparison with a provider")
        verbose_name_plural = _("comparisons with providers")

    def __str__(self) -> str:
        return f"{self.gateway} · {self.started_at:%Y-%m-%d %H:%M}"
