"""Leases of background jobs, each of which runs in one process at a time."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobLease(models.Model):
    """When a background job is due next. The process that updates ``due_at`` runs it: see jobs.jobs."""

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("job lease")
        verbose_name_plural = _("job leases")

    def __str__(self) -> str:
        return self.name
