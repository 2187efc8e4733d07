"""Lists of the door: how many are inside, and who is missing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cinema.models import Theatre, Ticket
from cinema.selectors.door.shows import counted, parties
from cinema.selectors.orders.audience import show_at
from cinema.selectors.people.staff import ANYBODY, BOX_OFFICE, MANAGER
from cinema.views.staff.access import at_theatre
from cinema.views.staff.door.devices import chosen_shows
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404


@at_theatre(*ANYBODY)
@require_safe
def counts(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The shows of today with their counts, which the page of the door fetches again and again."""
    today, shows = chosen_shows(request, theatre)
    context = {"theatre": theatre, "today": counted(theatre, today), "shown": {show.pk for show in shows}}
    return render(request, "staff/door/_shows.html", context)


@at_theatre(*ANYBODY)
@require_safe
def show(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The list of a show: those admitted and those missing, also on paper. Ushers see references but no names."""
    found = or_404(show_at(theatre, pk))
    everybody = parties(Ticket.objects.filter(show=found))
    context = {
        "theatre": theatre,
        "show": found,
        "line": counted(theatre, [found])[0],
        "missing": [party for party in everybody if party.waiting],
        "came": [party for party in everybody if not party.waiting],
        "named": request.staff_role.may(MANAGER, BOX_OFFICE),
    }
    return render(request, "staff/door/show.html", context)
