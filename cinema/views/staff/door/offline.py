"""What a phone needs to scan without a network, and what it sends afterwards."""

import json

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation, RequestUnreadable
from cinema.forms.door.merging import merged_scans
from cinema.models import Theatre
from cinema.selectors.door.offline import offline_list
from cinema.selectors.people.staff import ANYBODY
from cinema.services.door.merging import merge
from cinema.views.staff.access import at_theatre
from cinema.views.staff.door.devices import chosen_shows, door_of
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.static_files import script_response


@at_theatre(*ANYBODY)
@require_safe
def worker(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The service worker, at an address below which it may work."""
    return script_response("js/door/worker.js")


@at_theatre(*ANYBODY)
@require_safe
def tickets(request: StaffRequest, theatre: Theatre) -> JsonResponse:
    """The list of the shows of the device. Signing out erases it: see Clear-Site-Data there."""
    _today, shows = chosen_shows(request, theatre)
    return JsonResponse(offline_list(theatre, shows, timezone.now()))


@at_theatre(*ANYBODY)
@require_POST
def merging(request: StaffRequest, theatre: Theatre) -> JsonResponse:
    """Record the scans in a JSON body; the answer has the outcome of each by its key."""
    try:
        scans, sent_at = merged_scans(_json(request.body))
        checks = merge(door=door_of(request, theatre), scans=scans, sent_at=sent_at)
    except BusinessRuleViolation as error:
        return JsonResponse({"error": str(error)}, status=status_of(error))
    outcomes = {scan.key: check.outcome for scan, check in zip(scans, checks, strict=True)}
    return JsonResponse({"outcomes": outcomes})


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise RequestUnreadable(_("The body is not valid JSON in UTF-8.")) from error
