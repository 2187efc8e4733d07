"""Records of the built-in test gateway, in place of a payment provider's own, for the demo and tests."""

from decimal import Decimal
from urllib.parse import urlsplit

from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SandboxCharge(models.Model):
    """The test gateway's record of one payment. Only the gateway uses it."""

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
    changed_at = models.DateTimeField(db_default=Now())  # when it was started, decided or last refunded

    class Meta:
        verbose_name = _("test payment")
        verbose_name_plural = _("test payments")

    def __str__(self) -> str:
        return f"{self.reference} {self.status}"

    def get_absolute_url(self) -> str:
        return reverse("sandbox", args=[self.reference])

    @property
    def refunded(self) -> Decimal:
        """The sum of its refunds."""
        return sum((Decimal(amount) for amount in self.refunds.values()), Decimal(0))

    @property
    def return_path(self) -> str:
        """The path of this site to which the buyer returns, for whichever host name the buyer uses."""
        return urlsplit(self.return_url).path
