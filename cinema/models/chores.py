"""Work that the server does by itself, in one process at a time."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Chore(models.Model):
    """When a piece of work is to be done next: whoever moves ``due_at`` on does it. See jobs.jobs."""

    name = models.CharField(max_length=40, primary_key=True)
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")

    def __str__(self) -> str:
        return self.name
