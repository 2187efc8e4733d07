"""Email addresses that get no reminders of coming shows."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ReminderStop(models.Model):
    """An email address that gets no reminders; deleted once no order has it."""

    email = models.EmailField(_("email address"), unique=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("stopped reminders")
        verbose_name_plural = _("stopped reminders")

    def __str__(self) -> str:
        return self.email
