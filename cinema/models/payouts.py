"""What providers charge, and what they pay out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.orders import currency
from cinema.models.payments import Payment


class ProviderFee(models.Model):
    """What a provider charged for ``payment``, or for none in particular; negative if it gave a fee back.

    The row decides whether a fee is in the money ledger, which has one entry for each.
    """

    gateway = models.CharField(max_length=40)
    fee_id = models.CharField(max_length=255)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="fees", null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3, default=currency)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("provider’s fee")
        verbose_name_plural = _("providers’ fees")
        constraints = [
            models.UniqueConstraint(fields=["gateway", "fee_id"], name="provider_fee_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="provider_fee_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} · {self.fee_id}"


class Payout(models.Model):
    """Money that a provider transfers to the bank; negative if it collects some from there.

    It contains ``payments`` less ``refunds`` and ``fees``, ``other`` movements such as disputes, and ``foreign`` money
    of others who use the same account. They are None if the provider does not say what it contains.
    ``booked`` of it is in the money ledger: all but foreign money, once it is paid.
    """

    class Status(models.TextChoices):
        PENDING = "PENDING", _("on its way")
        PAID = "PAID", _("paid")
        FAILED = "FAILED", _("failed")

    class Difference(models.TextChoices):
        CONTENTS = "CONTENTS", _("the amount is not the sum of what it contains")
        CHANGED = "CHANGED", _("the provider reported another amount before")
        CURRENCY = "CURRENCY", _("in another currency; not booked")

    gateway = models.CharField(max_length=40)
    payout_id = models.CharField(max_length=255)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default=currency)
    status = models.CharField(_("status"), max_length=7, choices=Status)
    arrives_on = models.DateField()
    payments = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    refunds = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    fees = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    other = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    foreign = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    booked = models.DecimalField(max_digits=12, decimal_places=2, default=0, db_default=0)
    difference = models.CharField(max_length=8, choices=Difference, blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        indexes = [models.Index(fields=["arrives_on"], name="payout_by_day")]
        constraints = [models.UniqueConstraint(fields=["gateway", "payout_id"], name="payout_once")]

    def __str__(self) -> str:
        return f"{self.gateway} · {self.payout_id}"
