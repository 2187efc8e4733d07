"""Today at a theatre: its screens as lines of time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cinema.models import Theatre
from cinema.views.staff.access import ANYBODY, at_theatre


@at_theatre(*ANYBODY)
@require_safe
def today(request: HttpRequest, theatre: Theatre) -> HttpResponse:
    return render(request, "staff/today/today.html", {"theatre": theatre})
