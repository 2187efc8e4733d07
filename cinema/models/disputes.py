"""What providers report beside payments and refunds: disputes, and amounts that do not fit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.payments import Payment


class Dispute(models.Model):
    """A payment that the buyer disputes with their bank (a chargeback). Evidence must reach the provider until
    ``respond_by``, if it gives a time."""

    class Status(models.TextChoices):
        OPEN = "OPEN", _("open")
        WON = "WON", _("won")
        LOST = "LOST", _("lost")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    gateway = models.CharField(max_length=40)
    dispute_id = models.CharField(max_length=255)
    amount = models.DecimalField(_("amount"), max_digits=10, decimal_places=2)
    status = models.CharField(_("status"), max_length=4, choices=Status)
    opened_at = models.DateTimeField()
    respond_by = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        indexes = [models.Index(fields=["opened_at"], condition=Q(status="OPEN"), name="dispute_open")]
        constraints = [models.UniqueConstraint(fields=["gateway", "dispute_id"], name="dispute_once")]

    def __str__(self) -> str:
        return f"{self.payment} · {self.dispute_id}"


class PaymentIncident(models.Model):
    """A report of a provider that does not fit its payment, or one that should be there and is not. Nothing was done
    with it; no job deletes the row. ``reported`` is what the provider says, in words for staff; ``seen_at`` is when a
    comparison with the provider found it the last time."""

    class Kind(models.TextChoices):
        MISMATCH = "MISMATCH", _("another amount or currency than asked for was paid")
        PAID_AGAIN = "PAID_AGAIN", _("the same payment was made a second time")
        OVER_REFUND = "OVER_REFUND", _("more was refunded at the provider than was paid")
        OTHER_REFUND = "OTHER_REFUND", _("another amount or currency than ordered was refunded")
        DISPUTE = "DISPUTE", _("a dispute in another currency, or of an impossible amount")
        EXTRA_REFUND = "EXTRA_REFUND", _("the same refund was made a second time")
        NOT_PAID = "NOT_PAID", _("counted as paid here, but not at the provider")
        NOT_REFUNDED = "NOT_REFUNDED", _("counted as refunded here, but not at the provider")
        FEE = "FEE", _("a fee in another currency, of an impossible amount, or another one than before")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="incidents")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    reported = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("payment incident")
        verbose_name_plural = _("payment incidents")
        indexes = [models.Index(fields=["created_at"], name="incident_by_time")]
        constraints = [
            models.UniqueConstraint(fields=["payment", "kind", "reported"], name="payment_incident_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payment} · {self.get_kind_display()}"
