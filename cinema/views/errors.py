"""What people and programs get when something is wrong: a page, or JSON under /api/."""

import sys
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from cinema.exceptions import DatabaseBusy

RETRY_AFTER = 5  # seconds


def error_response(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    """Answer with ``message`` in the form the caller understands. Reads no database: it may be away."""
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse({"error": message}, status=status)
    else:
        page = render_to_string("public/errors/error.html", {"status": status, "title": title, "message": message})
        response = HttpResponse(page, status=status)
    if status == 503:
        response["Retry-After"] = str(RETRY_AFTER)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 400, _("That did not work"), _("We could not understand this request."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 403, _("Not allowed"), _("You are not allowed to do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(
        request,
        403,
        _("Please try again"),
        _("This page was open for too long, or your browser refuses cookies. Go back, reload the page and try again."),
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 404, _("Not found"), _("There is nothing at this address. It may have moved."))


def server_error(request: HttpRequest, *args: Any) -> HttpResponse:
    """500; or 503 when the reason is the database being away or busy, which passes by itself."""
    error = sys.exc_info()[1]
    # psycopg2 says no more than DatabaseError when a server that crashes cuts the connection in mid-answer.
    if isinstance(error, OperationalError | InterfaceError | DatabaseBusy) or type(error) is DatabaseError:
        return error_response(
            request,
            503,
            _("One moment, please"),
            _("We cannot reach our booking system right now. Nothing was lost; please try again in a few seconds."),
        )
    return error_response(
        request, 500, _("Something went wrong"), _("The mistake is ours, and we have noted it. Please try again.")
    )
