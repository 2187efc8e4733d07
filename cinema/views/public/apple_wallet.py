"""The web service that Apple Wallet uses to update passes: https://developer.apple.com/documentation/walletpasses

A phone has no session and no cookie. The secret in a pass, the ticket's code, proves that a phone has it. The phone's
own secret identifier gives access to the list of its changed passes. The serial number of a pass is the ticket's
reference.
"""

import json
import logging
import re
from datetime import UTC, datetime

from django.http import Http404, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cinema.exceptions import RateLimited
from cinema.models import FailedTry
from cinema.models.annotated import TicketNow
from cinema.models.passes import LONGEST_DEVICE, LONGEST_PUSH_TOKEN
from cinema.selectors.booking.passes import changed_passes
from cinema.selectors.booking.tickets import ticket_by_reference
from cinema.services.booking import passes as services
from cinema.services.people.failed_tries import count_try
from cinema.wallet.apple import CONTENT_TYPE, pass_file
from cinema.wallet.keys import AppleKeys, apple_keys
from cinema.web.client_ip import client_ip
from cinema.web.decorators import personal
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of

logger = logging.getLogger(__name__)

SCHEME = "ApplePass "
LARGEST_BODY = 4 * 1024  # bytes
PUSH_TOKEN = re.compile(f"[0-9A-Za-z_-]{{1,{LONGEST_PUSH_TOKEN}}}")
# How Wallet names its requests in the messages that it logs.
TASKS = ("Register task", "Unregister task", "Get serial #s task", "Get pass task")


@csrf_exempt
@require_http_methods(["POST", "DELETE"])
@personal
def registration(request: HtmxRequest, device: str, pass_type: str, serial: str) -> HttpResponse:
    """Register a phone for the changes of a pass, or forget it."""
    _keys_or_404(pass_type)
    found = _proven(request, serial)
    if isinstance(found, HttpResponse):
        return found
    if request.method == "DELETE":
        services.unregister_phone(ticket=found, device=device)
        return HttpResponse(status=200)
    push_token = _push_token(request.body)
    if len(device) > LONGEST_DEVICE or push_token is None:
        return HttpResponse(status=400)
    is_new = services.register_phone(ticket=found, device=device, push_token=push_token)
    return HttpResponse(status=201 if is_new else 200)


vars(registration)["largest_body"] = LARGEST_BODY


@require_safe
@personal
def serials(request: HtmxRequest, device: str, pass_type: str) -> HttpResponse:
    """The passes of a phone that have changed since its last request; 204 if none."""
    _keys_or_404(pass_type)
    services.note_changes_on_phone(device=device)
    changed = changed_passes(device, _moment(request.GET.get("passesUpdatedSince", "")))
    if not changed:
        return HttpResponse(status=204)
    tag = round(changed[-1].changed_at.timestamp() * 1_000_000)
    return JsonResponse({"serialNumbers": [each.ticket.reference for each in changed], "lastUpdated": str(tag)})


@require_safe
@personal
def latest(request: HtmxRequest, pass_type: str, serial: str) -> HttpResponse:
    """The pass as it is now; a void one if the ticket is no longer valid."""
    keys = _keys_or_404(pass_type)
    found = _proven(request, serial)
    if isinstance(found, HttpResponse):
        return found
    modified = {"Last-Modified": found.now.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    return HttpResponse(pass_file(found, keys), content_type=CONTENT_TYPE, headers=modified)


@csrf_exempt
@require_POST
@personal
def log(request: HtmxRequest) -> HttpResponse:
    """What failed on a phone. The messages name the phone, and anybody can send any; only what failed is logged."""
    if apple_keys() is None:
        raise Http404
    messages = _member(request.body, "logs")
    for name in TASKS:
        if isinstance(messages, list) and any(name in message for message in messages if isinstance(message, str)):
            logger.warning("Wallet on a phone reports that something failed: %s.", name)
    return HttpResponse(status=200)


vars(log)["largest_body"] = LARGEST_BODY


def _keys_or_404(pass_type: str) -> AppleKeys:
    keys = apple_keys()
    if keys is None or pass_type != keys.pass_type:
        raise Http404
    return keys


def _proven(request: HtmxRequest, serial: str) -> TicketNow | HttpResponse:
    """The ticket whose code the request has; else 401, whether it exists or not, and 429 after too many wrong tries."""
    header = request.headers.get("Authorization", "")
    ticket = ticket_by_reference(serial)
    code = ticket.code if ticket else ""
    if ticket and header.startswith(SCHEME) and constant_time_compare(header.removeprefix(SCHEME), code):
        return ticket
    try:
        count_try(kind=FailedTry.Kind.TOKEN, client_ip=client_ip(request), right=False)
    except RateLimited as error:
        return set_retry_after(HttpResponse(status=status_of(error)), error)
    return HttpResponse(status=401, headers={"WWW-Authenticate": SCHEME.strip()})


def _push_token(body: bytes) -> str | None:
    """The token in a body as Wallet sends it, which goes into a URL of Apple's; None for any other."""
    token = _member(body, "pushToken")
    return token if isinstance(token, str) and PUSH_TOKEN.fullmatch(token) else None


def _member(body: bytes, name: str) -> object:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data.get(name) if isinstance(data, dict) else None


def _moment(tag: str) -> datetime | None:
    """The moment in a tag of serials(); None for any other text."""
    if not (tag.isascii() and tag.isdecimal() and len(tag) <= 17):
        return None
    try:
        return datetime.fromtimestamp(int(tag) / 1_000_000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
