"""The door: scan tickets, find parties without one, undo, and admit by hand."""

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cinema.exceptions import BusinessRuleViolation
from cinema.forms.door.scans import ByHandForm, DoorForm, ScanForm, UndoForm
from cinema.models import CheckIn, Theatre
from cinema.selectors.door.answers import ScanAnswer, answer_to
from cinema.selectors.door.conflicts import conflicts_at, settled_at
from cinema.selectors.door.shows import counted, find_parties, shows_of_today
from cinema.selectors.people.staff import ANYBODY, MANAGER
from cinema.services.door import check_ins
from cinema.services.door.conflicts import settle_conflict
from cinema.views.staff.access import at_theatre
from cinema.views.staff.door.devices import chosen_shows, door_of, keep_settings, settings_of
from cinema.web.decorators import see_other
from cinema.web.headers import permissions
from cinema.web.http import StaffRequest
from cinema.web.refusals import status_of
from cinema.web.shortcuts import or_404, typed


@at_theatre(*ANYBODY)
@require_safe
def door(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The page of the device; ``?q=`` finds parties by name or reference."""
    return _page(request, theatre)


@at_theatre(*ANYBODY)
@require_POST
def setup(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Name the device, and choose its shows."""
    form = DoorForm(request.POST, shows=shows_of_today(theatre, timezone.now()))
    if not form.is_valid():
        return _page(request, theatre, form=form)
    cleaned = form.cleaned_data
    keep_settings(request, theatre, device=cleaned["device"], shows=[int(pk) for pk in cleaned["shows"]])
    return see_other(f"{request.path.removesuffix('setup/')}")


@at_theatre(*ANYBODY)
@require_POST
def scan(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Answer a scan."""
    return _scan(request, theatre, ScanForm(request.POST))


@at_theatre(MANAGER)
@require_POST
def by_hand(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Admit people whom a scan refused, with a reason."""
    return _scan(request, theatre, ByHandForm(request.POST))


def _scan(request: StaffRequest, theatre: Theatre, form: ScanForm) -> HttpResponse:
    if not form.is_valid():
        return _page(request, theatre, form=form)
    door = door_of(request, theatre)
    try:
        check = check_ins.check_in(door=door, scan=form.scan)
    except BusinessRuleViolation as error:
        return _page(request, theatre, error=error)
    return _page(request, theatre, answer=answer_to(check, theatre, door.show_ids))


@at_theatre(*ANYBODY)
@require_POST
def undo(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """Undo a scan of the last minute, for all of its seats or for some."""
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, theatre, form=form)
    cleaned = form.cleaned_data
    found = or_404(CheckIn.objects.filter(theatre=theatre, pk=cleaned["check_in"]).first())
    try:
        check = check_ins.undo(
            door=door_of(request, theatre), check_id=found.pk, key=cleaned["key"], seats=cleaned["seats"]
        )
    except BusinessRuleViolation as error:
        return _page(request, theatre, error=error)
    return _page(request, theatre, answer=answer_to(check, theatre))


@at_theatre(MANAGER)
@require_POST
def settle(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """Tick off a conflict."""
    found = or_404(CheckIn.objects.filter(theatre=theatre, pk=pk, outcome=CheckIn.Outcome.CONFLICT).first())
    settle_conflict(theatre=theatre, check_id=found.pk, user=request.user)
    return see_other(reverse("staff-door", args=[theatre.slug]))


def _page(
    request: StaffRequest,
    theatre: Theatre,
    *,
    answer: ScanAnswer | None = None,
    form: ScanForm | DoorForm | UndoForm | None = None,
    error: BusinessRuleViolation | None = None,
) -> HttpResponse:
    """The page of the device with an answer, or what was wrong. A script gets that part only."""
    wrong = " ".join(str(text) for texts in form.errors.values() for text in texts) if form else str(error or "")
    status = status_of(error) if error else 400 if form else 200
    context: dict[str, Any] = {"theatre": theatre, "answer": answer, "error": wrong}
    context |= {"key": secrets.token_urlsafe(16), "decides": request.staff_role.may(MANAGER)}
    if request.htmx:
        return render(request, "staff/door/_answer.html", context, status=status)
    today, shows = chosen_shows(request, theatre)
    asked = typed(request.GET, "q", longest=100)
    context |= {"today": counted(theatre, today), "shown": {show.pk for show in shows}, "asked": asked}
    context |= {"settings": settings_of(request, theatre), "found": find_parties(shows, asked) if asked else []}
    if context["decides"]:
        context |= {"conflicts": conflicts_at(theatre), "settled": settled_at(theatre, timezone.now())}
    response = render(request, "staff/door/door.html", context, status=status)
    response["Permissions-Policy"] = permissions("camera")
    return response
