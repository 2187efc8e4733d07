"""Rotation of the keys of fingerprints."""

import secrets

from cinema.models import FingerprintKey
from cinema.selectors.people.fingerprints import present_period


def forget_keys() -> int:
    """Replace the stored key by that of the previous period, or create the first; return whether one was replaced."""
    last = present_period() - 1
    stored = FingerprintKey.objects.first()
    if stored is None:
        FingerprintKey.objects.bulk_create(
            [FingerprintKey(pk=1, period=last, secret=secrets.token_hex(32))], ignore_conflicts=True
        )
        return 0
    was = stored.period
    stored.move_on(last)
    found = FingerprintKey.objects.filter(pk=stored.pk, period=was, period__lt=last)
    return found.update(period=stored.period, secret=stored.secret)
