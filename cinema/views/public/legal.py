"""Imprint, terms and privacy notice, if published."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cinema.selectors.people.legal import published_text
from cinema.views.breadcrumbs import legal_trail
from cinema.views.structured_data import trail_data
from cinema.web.http import HtmxRequest
from cinema.web.shortcuts import or_404


@require_safe
def legal_text(request: HtmxRequest, kind: str) -> HttpResponse:
    text = or_404(published_text(kind))
    trail = legal_trail(text)
    context = {"text": text, "trail": trail, "structured_data": trail_data(trail)}
    return render(request, "public/legal/text.html", context)
