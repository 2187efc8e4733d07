"""The response to a form with an outdated CSRF token, as after signing in in another tab."""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from cinema.web.decorators import personal
from cinema.web.errors import error_response

TOKEN = "csrfmiddlewaretoken"  # noqa: S105, the name of a field


@personal
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 with a new token, if the form came from one of our own pages.

    A page shows the entered values again, to be sent with one more click; a script gets the token as a header and
    repeats the request. Requests from elsewhere are rejected.
    """
    sender = _sender(request)
    if sender is None or request.path.startswith("/api/"):
        return error_response(
            request,
            403,
            _("Please try again"),
            _("We couldn’t tell whether this came from our own page. Please open the page again and try once more."),
        )
    names = [name for name in request.POST if name != TOKEN]
    shown = [name for name in names if "password" not in name]
    context = {
        "has_cookie": settings.CSRF_COOKIE_NAME in request.COOKIES,
        "is_whole": shown == names and not request.FILES,
        "fields": [(name, value) for name in shown for value in request.POST.getlist(name)],
        "action": request.get_full_path(),
        "back": escape_leading_slashes(sender._replace(scheme="", netloc="", fragment="").geturl()),
    }
    response = render(request, "public/errors/csrf.html", context, status=403)
    response["X-CSRFToken"] = get_token(request)
    return response


def _sender(request: HttpRequest) -> SplitResult | None:
    """The page of this site that sent the request, by Origin and Referer; None if unknown or from elsewhere."""
    origins = [f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS]
    sent_by = [request.headers[name] for name in ("Origin", "Referer") if name in request.headers]
    try:
        pages = [urlsplit(url) for url in sent_by]
    except ValueError:
        return None
    if pages and all(f"{page.scheme}://{page.netloc}" in origins for page in pages):
        return pages[-1]
    return None
