"""Add theatres and change their settings."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import IntegrityError
from django.utils.text import slugify

from cinema.exceptions import DatabaseBusy, TimeZoneInUse
from cinema.models import AuditEvent, Coupon, Theatre, User
from cinema.selectors.halls.theatres import planned_at
from cinema.services.core.edits import check_version, note_edit
from cinema.services.core.locking import lock_theatre
from cinema.services.core.transactions import atomically

THEATRE = AuditEvent.Action.THEATRE
SETTINGS = (
    "name",
    "city",
    "address",
    "time_zone",
    "cancel_cutoff",
    "refund_percent",
    "buyer_exchanges",
    "single_seats",
    "companion_release",
    "carer_free",
    "trailers",
    "turnaround",
    "doors",
    "reentry",
    "film_week",
    "sales_cutoff",
    "phone_required",
    "reminder_hours",
    "legal_name",
    "legal_address",
    "tax_number",
    "receipt_prefix",
    "bank_account",
    "web_fee",
    "web_fee_basis",
    "counter_fee",
    "counter_fee_basis",
    "api_fee",
    "api_fee_basis",
)
FEES = ("web_fee", "counter_fee", "api_fee")


def add_theatre(*, settings: Mapping[str, Any], user: User) -> Theatre:
    """Add a theatre with values for SETTINGS. Its slug is made of the name and never changes."""
    try:
        return _add(settings=settings, user=user)
    except IntegrityError as error:
        raise DatabaseBusy from error  # one of the same name is being added in another transaction


@atomically
def _add(*, settings: Mapping[str, Any], user: User) -> Theatre:
    theatre = Theatre(slug=_free_slug(settings["name"]), **settings)
    theatre.has_automatic_coupons = Coupon.objects.filter(theatre=None, code=None).exists()
    theatre.save()
    _note(theatre, user, before={})
    return theatre


@atomically
def edit_theatre(*, theatre: Theatre, version: int, settings: Mapping[str, Any], user: User) -> Theatre:
    """Change the settings of a theatre that was at ``version`` when they were opened.

    Sold tickets and planned shows keep the settings they were created with. Raises EditConflict, and TimeZoneInUse if
    the time zone would change while shows are planned.
    """
    theatre = lock_theatre(pk=theatre.pk)
    check_version(thing=theatre, seen=version)
    if settings["time_zone"] != theatre.time_zone and (shows := planned_at(theatre)):
        raise TimeZoneInUse(shows)
    before = _plain(theatre)
    for name in SETTINGS:
        setattr(theatre, name, settings[name])
    is_changed = _plain(theatre) != before
    theatre.version += is_changed
    theatre.save()
    if is_changed:
        _note(theatre, user, before=before)
    return theatre


def _note(theatre: Theatre, user: User, *, before: Mapping[str, Any]) -> None:
    note_edit(thing=theatre, action=THEATRE, user=user, before=before, after=_plain(theatre), theatre=theatre)


def _plain(theatre: Theatre) -> dict[str, Any]:
    plain = {name: getattr(theatre, name) for name in SETTINGS}
    return plain | {name: str(Decimal(plain[name]).quantize(Decimal("0.01"))) for name in FEES}


def _free_slug(name: str) -> str:
    """A free slug: “galaxy-cinema”, or “galaxy-cinema-2” if taken; “theatre” for a name without Latin letters."""
    stem = slugify(name)[:90] or "theatre"
    taken = set(Theatre.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for n in count(1) if (slug := stem if n == 1 else f"{stem}-{n}") not in taken)
