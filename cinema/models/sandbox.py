"""The books of the built-in test gateway. They stand in for a payment provider's own, in the demo and in tests."""

from urllib.parse import urlsplit

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SandboxCharge(models.Model):
    """What the test gateway knows of one payment. Nothing else reads or writes it but the gateway."""

    class Status(models.TextChoices):
        OPEN = "OPEN"
        PAID = "PAID"
        DECLINED = "DECLINED"

    reference = models.CharField(max_length=64, unique=True)
    description = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    mode = models.CharField(max_length=12)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    report_at = models.DateTimeField(null=True, blank=True)
    return_url = models.URLField(max_length=500)
    webhook_url = models.URLField(max_length=500)
    refunds = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("test payment")
        verbose_name_plural = _("test payments")

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("sandbox", args=[self.reference])

    @property
    def return_path(self) -> str:
        """Where the buyer came from, on whatever name of this machine they did."""
        return urlsplit(self.return_url).path
