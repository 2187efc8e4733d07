"""Scans that a phone made without a network, as it sends them."""

import re
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from cinema.exceptions import RequestUnreadable
from cinema.forms.booking.booking import LARGEST_KEY
from cinema.models import CheckIn
from cinema.services.door.merging import OfflineScan

MOST_SCANS = 200
MOST_SEATS = 100
# Those that a phone can decide itself.
OUTCOMES = {"ADMITTED", "ALREADY", "LEFT", "NOT_INSIDE", "OVER", "TOO_EARLY", "UNDONE", "UNKNOWN", "UNREADABLE"}
KEY = re.compile(r"[A-Za-z0-9_-]{16,60}")
BASE64 = re.compile(r"[A-Za-z0-9+/]{0,40}={0,2}")
LATEST = 4_102_444_800_000  # milliseconds: the year 2100


def merged_scans(data: Any) -> tuple[list[OfflineScan], datetime]:
    """The scans in a JSON body, and when the phone sent them by its clock. Raises RequestUnreadable."""
    scans = data.get("scans") if isinstance(data, dict) else None
    if not isinstance(scans, list) or len(scans) > MOST_SCANS:
        raise RequestUnreadable(_("Please send a list of at most %(n)d scans.") % {"n": MOST_SCANS})
    return [_scan(each) for each in scans], _moment(data.get("sent_at"))


def _scan(data: Any) -> OfflineScan:
    if not isinstance(data, dict):
        raise _unreadable("scans")
    texts = [data.get(name, "") for name in ("key", "outcome", "fingerprint", "salt", "undoes")]
    if not all(isinstance(text, str) for text in texts):
        raise _unreadable("scans")
    key, outcome, fingerprint, salt, undoes = texts
    for name, good in (
        ("key", KEY.fullmatch(key)),
        ("outcome", outcome in OUTCOMES),
        ("fingerprint", BASE64.fullmatch(fingerprint)),
        ("salt", BASE64.fullmatch(salt)),
        ("undoes", not undoes or KEY.fullmatch(undoes)),
    ):
        if not good:
            raise _unreadable(name)
    seats, shows = _keys(data.get("seats", []), "seats"), _keys([data["show"]] if "show" in data else [], "show")
    at = _moment(data.get("scanned_at"))
    show = next(iter(shows), None)
    return OfflineScan(key, CheckIn.Outcome(outcome), at, fingerprint, salt, seats, show, undoes)


def _keys(keys: Any, name: str) -> frozenset[int]:
    good = isinstance(keys, list) and len(keys) <= MOST_SEATS
    if not good or not all(type(key) is int and 0 < key <= LARGEST_KEY for key in keys):
        raise _unreadable(name)
    return frozenset(keys)


def _moment(value: Any) -> datetime:
    if type(value) is not int or not 0 <= value < LATEST:
        raise _unreadable("scanned_at")
    return datetime.fromtimestamp(value / 1000, UTC)


def _unreadable(name: str) -> RequestUnreadable:
    return RequestUnreadable(_("“%(name)s” is not understood.") % {"name": name})
