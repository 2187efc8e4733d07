"""Cancellations of shows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cinema.models.shows import Show


class ShowCancellation(models.Model):
    """The cancellation of a show. ``done_at`` is set when every ticket is settled and every buyer notified.

    With EXCHANGE a buyer may choose another show until ``choose_until``; a buyer who has not chosen by then is
    refunded.
    """

    class Remedy(models.TextChoices):
        REFUND = "REFUND", _("full refund")
        EXCHANGE = "EXCHANGE", _("another show or a full refund")

    show = models.OneToOneField(Show, on_delete=models.PROTECT, related_name="cancellation")
    remedy = models.CharField(_("offer"), max_length=10, choices=Remedy)
    choose_until = models.DateTimeField(_("buyers can choose until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("show cancellation")
        verbose_name_plural = _("show cancellations")
        indexes = [models.Index(fields=["created_at"], condition=models.Q(done_at=None), name="show_cancellation_open")]

    def __str__(self) -> str:
        return f"{self.show} · {self.get_remedy_display()}"
