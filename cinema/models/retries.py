"""Work that waits for somebody outside: a payment provider, a mail server."""

from django.db import models
from django.db.models.functions import Now


class Retried(models.Model):
    """A row that is attempted again and again until it is settled, as services.core.retries does.

    ``due_at`` is when the next attempt is due, at first at once; None means that there will be none. ``attempts`` were
    made, the last one at ``attempted_at``. All of them since ``failing_since`` have failed, the last one by the
    exception ``last_error``.
    """

    due_at = models.DateTimeField(null=True, blank=True, db_default=Now(), editable=False)
    attempts = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    attempted_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True
