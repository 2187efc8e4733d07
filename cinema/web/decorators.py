"""What several views need around them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers

from cinema.web.errors import RETRY_AFTER

View = Callable[..., HttpResponse]

FORM_AROUND_A_FILE = 64 * 1024  # bytes


def personal(view: View) -> View:
    """Keep a page that belongs to one person out of caches (also the browser's own) and search engines.

    One that could not be had just now says when to try again.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        if response.status_code == 503:
            response["Retry-After"] = str(RETRY_AFTER)
        return response

    return wrapper


def takes_files(up_to: int) -> Callable[[View], View]:
    """Let a page be sent a file of ``up_to`` bytes, and the rest of its form; see BodyMiddleware."""

    def decorate(view: View) -> View:
        view.largest_body = up_to + FORM_AROUND_A_FILE
        return view

    return decorate


def see_other(to: Any) -> HttpResponse:
    """Lead on with a GET after a POST that was carried out (303): reloading does not post again."""
    return HttpResponseRedirect(resolve_url(to), status=303)
