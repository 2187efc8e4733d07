"""The key of fingerprints."""

from hashlib import sha256

from django.db import models


class FingerprintKey(models.Model):
    """The key of the fingerprints of a ``period``, in a single row: see selectors.people.fingerprints."""

    period = models.PositiveIntegerField()
    secret = models.CharField(max_length=64)

    class Meta:
        verbose_name = "fingerprint key"
        verbose_name_plural = "fingerprint keys"

    def __str__(self) -> str:
        return f"{self.period}"

    def move_on(self, period: int) -> None:
        """Replace the key by that of a later ``period``, which does not reveal this one. Ignores earlier periods."""
        for _ in range(period - self.period):
            self.secret = sha256(self.secret.encode()).hexdigest()
        self.period = max(self.period, period)
