"""Error responses: a page, or JSON under /api/."""

import sys
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from cinema.exceptions import DatabaseBusy
from cinema.exceptions.database import is_away
from cinema.observability import logs
from cinema.web.shortcuts import Gone

RETRY_AFTER = 5  # seconds


class WayOut(NamedTuple):
    """A link that an error page offers beside the programme."""

    url: str
    label: str


def error_response(
    request: HttpRequest, status: int, title: str, message: str, way_out: WayOut | None = None
) -> HttpResponse:
    """Return an error page, or JSON under /api/, with ``message``. Reads no database, which may be away."""
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"error": message}, status=status)
    else:
        context = {"status": status, "title": title, "message": message, "request_id": logs.current_request.get().id}
        context["way_out"] = way_out
        page = render_to_string("public/errors/error.html", context)
        response = HttpResponse(page, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def locked_out(request: HttpRequest, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """Answer 429; the same whether the account exists or not."""
    wait = settings.AXES_COOLOFF_TIME
    message = _(
        "Too many failed sign-ins from your network. Please try again in %(minutes)d min, or choose a new password."
    )
    message %= {"minutes": wait.total_seconds() // 60}
    way_out = WayOut(reverse("password-reset"), _("Forgot your password?"))
    response = error_response(request, 429, _("One moment, please"), message, way_out)
    response["Retry-After"] = str(int(wait.total_seconds()))
    add_never_cache_headers(response)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 400, _("That didn’t work"), _("We couldn’t understand this request."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 403, _("Not allowed"), _("You don’t have permission to do this."))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404; or 410 to Gone, with its sentence."""
    if isinstance(exception, Gone):
        return error_response(request, 410, _("No longer here"), str(exception))
    return error_response(request, 404, _("Not found"), _("We couldn’t find this page. It may have moved."))


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """Answer 500; or 503 if the database is away or busy, which is temporary."""
    error = sys.exc_info()[1]
    if isinstance(error, DatabaseBusy) or is_away(error):
        return error_response(
            request,
            503,
            _("One moment, please"),
            _("We can’t reach our booking system right now. Nothing was lost; please try again in a few seconds."),
        )
    return error_response(
        request, 500, _("Something went wrong"), _("It’s our mistake, and it has been recorded. Please try again.")
    )
