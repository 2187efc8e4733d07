"""The map of the counter, where the seats of a sale are chosen; it follows what others do."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cinema.forms.orders.counter import SeatsForm
from cinema.models import Theatre
from cinema.models.annotated import ShowNow
from cinema.selectors.booking.seat_map import seat_map, show_for_sale
from cinema.selectors.people.staff import BOX_OFFICE, MANAGER
from cinema.views.live_map import OpenMap, map_changes
from cinema.views.staff.access import at_theatre
from cinema.views.staff.orders.counter import Hand, first_error
from cinema.web.http import StaffRequest
from cinema.web.shortcuts import or_404

POLL_SECONDS = 2


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def choose(request: StaffRequest, theatre: Theatre) -> HttpResponse:
    """The map of a show, to choose as many seats as there are tickets."""
    form = SeatsForm(request.GET)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("staff-sell", theatre.slug)
    show, kinds = _show(theatre, form.cleaned_data["show"]), form.cleaned_data["kinds"]
    context = {"theatre": theatre, "show": show, "map": seat_map(show, Hand.of(request).buyer), "kinds": kinds}
    context |= {"party": sum(kinds.values()), **_updates(theatre, show.pk)}
    return render(request, "staff/counter/map.html", context)


@at_theatre(MANAGER, BOX_OFFICE)
@require_safe
def changes(request: StaffRequest, theatre: Theatre, pk: int) -> HttpResponse:
    """What has changed on the map of a show: see map_changes()."""
    shown = OpenMap(Hand.of(request).buyer, lambda show: _show(theatre, show), _updates(theatre, pk))
    return map_changes(request, pk, shown)


def _show(theatre: Theatre, pk: int) -> ShowNow:
    show = or_404(show_for_sale(pk))
    return or_404(show if show.screen.theatre_id == theatre.pk else None)


def _updates(theatre: Theatre, pk: int) -> dict[str, object]:
    """How the map asks; the event stream of the website knows nothing of sales."""
    asks = reverse("staff-sell-map-changes", args=[theatre.slug, pk])
    return {"asks": asks, "streams": False, "poll_seconds": POLL_SECONDS}
