"""A theatre's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from cinema.forms.schedule.programme import ProgrammeDayForm
from cinema.selectors.halls.theatres import screens_of, theatre_by_slug
from cinema.selectors.schedule.programme import Filters, programme
from cinema.views.breadcrumbs import theatre_trail
from cinema.views.links import day_links
from cinema.views.structured_data import theatre_data
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


@require_safe
def theatre(request: HtmxRequest, slug: str) -> HttpResponse:
    """A theatre's address, screens and programme of a day."""
    place = or_404(theatre_by_slug(slug))
    form = ProgrammeDayForm(request.GET, theatres=[place])
    on = programme(Filters(theatre=place, day=form.chosen_day), [place])
    days = day_links(request.path, {}, days=on.days, current=on.day, today=on.trading_day)
    trail = theatre_trail(place)
    context = {
        "theatre": place,
        "filters": Filters(theatre=place),
        "programme": on,
        "days": days,
        "next": next((link for link in days if link.day == on.next_day), None),
        "notes": form.notes,
        "trail": trail,
    }
    if request.htmx:
        template = "public/programme/_programme.html"
    else:
        template = "public/theatres/theatre.html"
        screens = screens_of(place)
        context |= {"screens": screens, "structured_data": theatre_data(place, len(screens), trail)}
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
