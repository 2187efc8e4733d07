"""The switch between languages."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cinema.web.decorators import personal, see_other
from cinema.web.http import HtmxRequest
from cinema.web.languages import in_language

A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_POST
@personal
def language(request: HtmxRequest) -> HttpResponse:
    """Remember a language in this browser, and go back to the same page in it."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        raise BadRequest("No such language is offered.")
    response = see_other(in_language(_back(request), wanted))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted,
        max_age=A_YEAR,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def _back(request: HtmxRequest) -> str:
    """The page with the switch, by the browser, which knows what filters were chosen since, else by the form."""
    for url in (request.META.get("HTTP_REFERER"), request.POST.get("next")):
        if url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
            return url or ""
    return reverse("programme")
