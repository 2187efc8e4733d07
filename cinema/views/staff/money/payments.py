"""Overdue payments and refunds."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cinema.models import Theatre
from cinema.selectors.money.disputes import disputes_at, incidents_at
from cinema.selectors.money.overdue import overdue
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.views.staff.access import at_theatre
from cinema.web.http import StaffRequest


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def payments(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The overdue payments and refunds of the theatre with the last error of each, its disputes and incidents."""
    now = timezone.now()
    context = {"theatre": theatre, "disputes": disputes_at(theatre, now), "incidents": incidents_at(theatre)}
    return render(request, "staff/payments/payments.html", context | overdue(theatre, now)._asdict())
