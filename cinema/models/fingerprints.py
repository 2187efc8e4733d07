"""The key of fingerprints."""

from hashlib import sha256

from django.db import models


class FingerprintKey(models.Model):
    """The one row with the key with which fingerprints of a ``period`` are made: see selectors.people.fingerprints."""

    period = models.PositiveIntegerField()
    secret = models.CharField(max_length=64)

    class Meta:
        verbose_name = "fingerprint key"
        verbose_name_plural = "fingerprint keys"

    def __str__(self) -> str:
        return f"{self.period}"

    def move_on(self, period: int) -> None:
        """Make it the key of a later ``period``, which does not tell this one. An earlier one changes nothing."""
        for _ in range(period - self.period):
            self.secret = sha256(self.secret.encode()).hexdigest()
        self.period = max(self.period, period)
