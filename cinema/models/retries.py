"""The base of rows that are retried until an external service, such as a payment provider, accepts them."""

from django.db import models
from django.db.models.functions import Now


class Retried(models.Model):
    """A row that services.core.retries attempts until it is settled.

    ``due_at`` is the time of the next attempt, at first immediately; None means no more. ``attempts`` counts them, the
    last was at ``attempted_at``. All attempts since ``failing_since`` failed, the last with exception ``last_error``.
    """

    due_at = models.DateTimeField(null=True, blank=True, db_default=Now(), editable=False)
    attempts = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    attempted_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True
