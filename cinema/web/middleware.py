"""Middleware: headers, probes, methods, cookies, body sizes, broken rules, and the identity of buyers."""

import logging
import secrets
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from cinema.exceptions import BusinessRuleViolation, DatabaseBusy
from cinema.models import Hold
from cinema.selectors.booking.holds import holds_of
from cinema.web.decorators import View
from cinema.web.errors import error_response
from cinema.web.headers import FOUND, HIDDEN, security_headers
from cinema.web.http import HtmxRequest
from cinema.web.refusals import set_retry_after, status_of

logger = logging.getLogger(__name__)

METHODS = ("GET", "HEAD", "POST")  # of pages; what is below OTHER_METHODS checks its own
OTHER_METHODS = ("/api/", "/printers/", "/wallet/")
PROBES = ("/healthz", "/readyz", "/metrics")
COOKIE = f"{settings.COOKIE_PREFIX}buyer"
LARGEST_BODY = 3 * 1024 * 1024  # bytes
MAX_AGE = 60 * 60 * 24  # seconds since it was last used to hold seats


class HeadersMiddleware:
    """Adds the headers of cinema.web.headers; outermost, so that early error responses have them, too.

    A view that may be found can limit that by an X-Robots-Tag of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = security_headers()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        match = request.resolver_match  # None for static files and for what is not there
        if match and match.url_name not in FOUND:
            response.headers.setdefault(*HIDDEN)
        return response


class ProbeMiddleware:
    """Accepts any Host header for PROBES, so that monitoring can reach each server by its own address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
        return self.get_response(request)


class MethodMiddleware:
    """Answers 405 to methods that no page has, such as TRACE. Programs, receipt printers and wallets have others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in METHODS or request.path.startswith(OTHER_METHODS):
            return self.get_response(request)
        return HttpResponseNotAllowed(METHODS)


class CookieMiddleware:
    """Drops cookies with a NUL character before the session is looked up: PostgreSQL cannot store one in text."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
        return self.get_response(request)


class BodyMiddleware:
    """Answers 413 to a body larger than its page allows, before any of it is read.

    Under cinema.wsgi a body without Content-Length would be read as empty, so the response is 411.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, *_: Any) -> HttpResponse | None:
        if "HTTP_TRANSFER_ENCODING" in request.META:
            return error_response(
                request, 411, gettext("That didn’t work"), gettext("The request does not say how long its body is.")
            )
        most = largest_body(view)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) <= most:
            return None
        return error_response(
            request,
            413,
            gettext("Too large"),
            gettext("What you sent is larger than %(size)d MB. Nothing was changed.") % {"size": most // 1024**2},
        )


def largest_body(view: View) -> int:
    """The most bytes a view accepts: LARGEST_BODY, or the limit set by ``@takes_files``."""
    return getattr(view, "largest_body", LARGEST_BODY)


class RefusalMiddleware:
    """Answers with the sentence of a BusinessRuleViolation that a view did not handle, instead of a 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, BusinessRuleViolation) or isinstance(exception, DatabaseBusy):
            return None  # a busy database has a page of its own
        name = type(exception).__name__
        logger.warning("A view did not handle a broken rule: %s.", name, exc_info=exception)
        response = error_response(request, status_of(exception), gettext("That didn’t work"), str(exception))
        add_never_cache_headers(response)
        return set_retry_after(response, exception)


class BuyerMiddleware:
    """Identifies each browser that holds seats by a secret in a signed cookie, without a database row.

    ``request.buyer`` is the secret or ``""``. ``ensure_buyer`` creates one, and the response sets the cookie.
    ``request.my_holds`` are the buyer's active holds, read when somebody looks at them.
    """

    def __init__(self, get_response: Callable[[HtmxRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HtmxRequest) -> HttpResponse:
        request.buyer = came_with = request.get_signed_cookie(COOKIE, default="", max_age=MAX_AGE) or ""
        request.renew_buyer = request.is_new_buyer = False
        request.my_holds = cast("list[Hold]", SimpleLazyObject(lambda: _holds(request)))
        response = self.get_response(request)
        if request.renew_buyer:
            response.set_signed_cookie(
                COOKIE, request.buyer, max_age=MAX_AGE, httponly=True, samesite="Lax", secure=settings.HTTPS
            )
        elif came_with and not request.buyer:
            response.delete_cookie(COOKIE)
        known = came_with or request.buyer or settings.SESSION_COOKIE_NAME in request.COOKIES
        if known and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)  # every page shows the buyer's holds
        return response


def _holds(request: HtmxRequest) -> list[Hold]:
    return [] if request.is_new_buyer else holds_of(request.buyer)


def ensure_buyer(request: HtmxRequest) -> str:
    """Return the buyer's secret, creating one if there is none; renew it for another MAX_AGE."""
    if not request.buyer:
        request.buyer, request.is_new_buyer = secrets.token_urlsafe(24), True
    request.renew_buyer = True
    return request.buyer
