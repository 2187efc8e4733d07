"""A show's own page for staff: who sits where, its counts, and what can be done about it."""

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
    """The hall and the tickets in it. Ushers see references but no names. The page polls its live parts: _live.html."""
    found = or_404(selectors.show_at(theatre, pk))
    takes_place, is_over = found.status == Show.Status.SCHEDULED, found.now >= found.film_ends_at
    sells = request.staff_role.may(MANAGER, BOX_OFFICE)
    is_today = found.trading_day == theatre.trading_day(found.now)
    context = {
        "theatre": theatre,
        "show": found,
        "audience": selectors.audience(found),
        "hall_is_kept": found.ends_at > found.now - KEPT_FOR,  # unused seats are deleted soon afterwards
        "is_live": takes_place and not is_over,
        "can_sell": sells and takes_place and is_today and found.now < found.sales_end_at,  # as the counter does
        "plans": request.staff_role.may(MANAGER),
        "sells": sells,
    }
    return render(request, f"staff/shows/{'_live' if request.htmx else 'show'}.html", context)
