"""Fingerprints: keyed hashes of client IP addresses, email addresses and API users, counted instead of the originals.

The key changes every PERIOD, and each key is the hash of the one before: later keys follow from the stored key,
earlier ones do not. After services.people.fingerprints has advanced the key, older fingerprints cannot be matched with
anybody, not even with SECRET_KEY and the database. Counts include the present and the former period, so that limits
over up to a month also hold where the period changes.
"""

import time
from copy import copy
from datetime import timedelta
from typing import NamedTuple

from django.utils.crypto import salted_hmac

from cinema.models import FingerprintKey

PERIOD = timedelta(days=30)

_known: FingerprintKey | None = None  # read once by each process; later keys are derived from it


class Fingerprint(NamedTuple):
    """The fingerprints of one person in the ``present`` and the ``former`` period; queries look for both.

    False if empty.
    """

    present: str = ""
    former: str = ""

    def __bool__(self) -> bool:
        return bool(self.present)


def fingerprint(who: str) -> Fingerprint:
    """The fingerprint of an address or a name; an empty one for ""."""
    if not who:
        return Fingerprint()
    key, period = copy(_key()), present_period()
    key.move_on(period - 1)
    former = _hash(key, who)
    key.move_on(period)
    return Fingerprint(_hash(key, who), former)


def present_period() -> int:
    """The number of the current period, counted from 1970."""
    return int(time.time() // PERIOD.total_seconds())


def _key() -> FingerprintKey:
    """The stored key. Before the first one is stored, the key depends on SECRET_KEY alone."""
    global _known
    if _known is None:
        _known = FingerprintKey.objects.first()
    return _known or FingerprintKey(period=present_period() - 1, secret="")  # no key yet


def _hash(key: FingerprintKey, who: str) -> str:
    return salted_hmac(f"cinema.fingerprints {key.secret}", who, algorithm="sha256").hexdigest()[:32]
