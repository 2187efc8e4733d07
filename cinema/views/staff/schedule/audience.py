"""The audience of a show: which tickets have which seats."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cinema.models import Show, Theatre
from cinema.selectors.orders import audience as selectors
from cinema.selectors.people.staff import ANYBODY, BOX_OFFICE, MANAGER
from cinema.services.schedule.archiving import KEPT_FOR
from cinema.views.staff.access import at_theatre
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404


@at_theatre(*ANYBODY)
@require_safe
def show(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """The hall and the tickets in it. Ushers see references but no names."""
    found = or_404(selectors.show_at(theatre, pk))
    context = {
        "theatre": theatre,
        "show": found,
        "audience": selectors.audience(found),
        "hall_is_kept": found.ends_at > found.now - KEPT_FOR,  # unused seats are deleted soon afterwards
        "can_be_cancelled": found.status == Show.Status.SCHEDULED and found.now < found.film_ends_at,
        "plans": request.staff_role.may(MANAGER),
        "sells": request.staff_role.may(MANAGER, BOX_OFFICE),
    }
    return render(request, "staff/shows/show.html", context)
