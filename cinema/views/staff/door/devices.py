"""The settings of a device at the door, in its session: its name, and the shows that it admits to."""

from typing import Any

from django.utils import timezone

from cinema.models import Show, Theatre
from cinema.selectors.door.shows import shows_of_today
from cinema.services.door.check_ins import Door
from cinema.web.http import StaffRequest

SETTINGS = "door"  # in the session: by theatre, the name of the device and the keys of its shows


def settings_of(request: StaffRequest, theatre: Theatre) -> dict[str, Any]:
    """The name of the device and the keys of its shows, none for all of today."""
    found: dict[str, Any] = request.session.get(SETTINGS, {}).get(theatre.slug, {})
    return {"device": found.get("device", ""), "shows": found.get("shows", [])}


def door_of(request: StaffRequest, theatre: Theatre) -> Door:
    chosen = settings_of(request, theatre)
    return Door(theatre, request.user, chosen["device"], frozenset(chosen["shows"]) or None)


def chosen_shows(request: StaffRequest, theatre: Theatre) -> tuple[list[Show], list[Show]]:
    """The shows of today, and those that the device admits to. Shows chosen yesterday are none of them."""
    today = shows_of_today(theatre, timezone.now())
    keys = settings_of(request, theatre)["shows"]
    return today, [show for show in today if show.pk in keys] if keys else today


def keep_settings(request: StaffRequest, theatre: Theatre, *, device: str, shows: list[int]) -> None:
    chosen = {"device": device, "shows": shows}
    request.session[SETTINGS] = request.session.get(SETTINGS, {}) | {theatre.slug: chosen}
