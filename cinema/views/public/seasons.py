"""A season's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cinema.selectors.films.seasons import season_by_slug, season_programme
from cinema.selectors.schedule.programme import Filters
from cinema.views.breadcrumbs import season_trail
from cinema.views.structured_data import season_data
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


@require_safe
def season(request: HtmxRequest, slug: str) -> HttpResponse:
    """The text of a season, its upcoming shows by film, and its other films."""
    found = or_404(season_by_slug(slug))
    on, others = season_programme(found)
    trail = season_trail(found)
    context = {
        "season": found,
        "programme": on,
        "others": others,
        "filters": Filters(),
        "trail": trail,
        "structured_data": season_data(found, [*(film.movie for film in on.films), *others], trail),
    }
    return render(request, "public/seasons/season.html", context)
