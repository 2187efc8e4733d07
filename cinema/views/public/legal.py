"""Imprint, terms and privacy notice, where the owner has written them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cinema.selectors.people.legal import published_text


@require_safe
def legal_text(request: HttpRequest, kind: str) -> HttpResponse:
    text = published_text(kind)
    if text is None:
        raise Http404
    return render(request, "public/legal/text.html", {"text": text})
