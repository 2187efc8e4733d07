"""The inbox of messages from payment providers."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cinema.models.retries import Retried


class ProviderEvent(Retried):
    """A verified message of a payment provider, stored in the transaction that acts on it; ``gateway`` and
    ``event_id`` make sure that it is acted on once.

    ``report`` has the fields of the PaymentReport, RefundReport or DisputeReport in it, which name nobody; messages
    about anything else are OTHER, without a report. ``about`` is the payment as the provider names it. A message that
    could not be acted on has no ``handled_at`` and is tried again until ``due_at`` is None.
    """

    class Kind(models.TextChoices):
        PAYMENT = "PAYMENT", _("payment")
        REFUND = "REFUND", _("refund")
        DISPUTE = "DISPUTE", _("dispute")
        OTHER = "OTHER", _("something else")

    gateway = models.CharField(max_length=40)
    event_id = models.CharField(max_length=255)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    about = models.CharField(max_length=255, blank=True)
    report = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("provider message")
        verbose_name_plural = _("provider messages")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="provider_event_due"),
            models.Index(fields=["received_at"], name="provider_event_received"),
        ]
        constraints = [models.UniqueConstraint(fields=["gateway", "event_id"], name="provider_event_once")]

    def __str__(self) -> str:
        return f"{self.gateway} · {self.event_id}"
