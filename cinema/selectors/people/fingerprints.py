"""Fingerprints: keyed hashes of network addresses, e-mail addresses and API users, to count by instead of keeping them.

The key changes with every PERIOD, and each key is the hash of the one before: all later keys follow from the stored
one, and no earlier one does. Once services.people.fingerprints has moved it on, nobody can find out what was hashed
before, not even with SECRET_KEY and the database. Fingerprints are counted that were made in the present period or
the one before, so nothing that is counted within a month is missed where one period ends and the next begins.
"""

import time
from copy import copy
from datetime import timedelta
from typing import NamedTuple

from django.utils.crypto import salted_hmac

from cinema.models import FingerprintKey

PERIOD = timedelta(days=30)

_known: FingerprintKey | None = None  # the stored key never becomes another one, so each process reads it once


class Fingerprint(NamedTuple):
    """What is stored of somebody now, ``present``, and what was in the period before, ``former``; both are looked for.
    Of nobody it is false."""

    present: str = ""
    former: str = ""

    def __bool__(self) -> bool:
        return bool(self.present)


def fingerprint(who: str) -> Fingerprint:
    """The fingerprint of an address or a name; of "" that of nobody."""
    if not who:
        return Fingerprint()
    key, period = copy(_key()), present_period()
    key.move_on(period - 1)
    former = _hash(key, who)
    key.move_on(period)
    return Fingerprint(_hash(key, who), former)


def present_period() -> int:
    """The number of the period, counted from 1970."""
    return int(time.time() // PERIOD.total_seconds())


def _key() -> FingerprintKey:
    """The stored key. Where there is none yet, it is made of SECRET_KEY alone."""
    global _known
    if _known is None:
        _known = FingerprintKey.objects.first()
    return _known or FingerprintKey(period=present_period() - 1, secret="")  # nosec B106, no key yet


def _hash(key: FingerprintKey, who: str) -> str:
    return salted_hmac(f"cinema.fingerprints {key.secret}", who, algorithm="sha256").hexdigest()[:32]
