"""Imprint, terms and privacy notice, if published."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cinema.selectors.halls.theatres import theatre_by_slug
from cinema.selectors.people.legal import published_text
from cinema.views.breadcrumbs import legal_trail
from cinema.views.structured_data import trail_data
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


@require_safe
def legal_text(request: HtmxRequest, kind: str, slug: str = "") -> HttpResponse:
    """A text of the site or of a theatre; one that a theatre does not have of its own leads to that of the site."""
    theatre = or_404(theatre_by_slug(slug)) if slug else None
    text = or_404(published_text(kind, theatre))
    if text.theatre != theatre:
        return redirect(text)
    trail = legal_trail(text)
    context = {"text": text, "theatre": theatre, "trail": trail, "structured_data": trail_data(trail)}
    return render(request, "public/legal/text.html", context)
