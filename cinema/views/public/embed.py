"""The programme as a part of other websites: a page for a frame, and the script that puts the frame there."""

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cinema.forms.schedule.programme import ProgrammeDayForm
from cinema.selectors.halls.theatres import theatre_by_slug
from cinema.selectors.schedule.programme import Filters, filter_options, programme
from cinema.views.links import day_links
from cinema.web.http import HtmxRequest
from cinema.web.languages import stays_in_language
from cinema.web.shortcuts import or_404
from cinema.web.static_files import script_response

AN_HOUR = 60 * 60  # seconds


@stays_in_language
@require_safe
def embedded_programme(request: HtmxRequest, slug: str = "") -> HttpResponse:
    """The programme of a theatre, or of all, for a frame on the websites in EMBED_ORIGINS.

    It sets no cookie, which browsers would block there, and its links lead out of the frame.
    """
    place = or_404(theatre_by_slug(slug)) if slug else None
    theatres = [place] if place else list(filter_options().theatres)
    form = ProgrammeDayForm(request.GET, theatres=theatres)
    on = programme(Filters(theatre=place, day=form.chosen_day), theatres)
    context = {
        "theatre": place,
        "filters": Filters(theatre=place),
        "programme": on,
        "days": day_links(request.path, {}, days=on.days, current=on.day, today=on.trading_day),
    }
    response = render(request, "public/embed/programme.html", context)
    ancestors = settings.EMBED_ORIGINS or ["'none'"]  # in place of X-Frame-Options, which browsers then ignore
    response["Content-Security-Policy"] = build_policy(replace={"frame-ancestors": ancestors})
    return response


@require_safe
@cache_control(public=True, max_age=AN_HOUR)
def script(request: HtmxRequest) -> HttpResponse:
    """The script for other websites, at an address that stays."""
    response = script_response("js/embed/frame.js")
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
