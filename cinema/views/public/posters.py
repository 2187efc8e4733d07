"""Generated posters."""

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from cinema.domain.posters import draw_poster
from cinema.selectors.films.posters import poster_facts
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404

A_DAY = 24 * 60 * 60  # seconds


@require_safe
@conditional_page
@cache_control(public=True, max_age=A_DAY)
def movie_poster(request: HtmxRequest, slug: str) -> HttpResponse:
    """The typographic poster of a film, generated from its title."""
    facts = or_404(poster_facts(slug))
    return HttpResponse(draw_poster(**facts), content_type="image/svg+xml")
